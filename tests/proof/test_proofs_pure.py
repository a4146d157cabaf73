"""Proofs as values, and what is done whatever happens; no cloud is needed."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from written import written

from provision.errors import CloudError, Forbidden, NotFound, Refused, UsageError
from provision.model.origin import Origin
from provision.model.proof import Proof, Proven, Subject, Verdict
from provision.model.resource import Live
from provision.proof import evidence, groups, prove, run
from provision.proof.promise import Promise, Seen, Stage, Unprovable, denied, promises, refused, together
from provision.proof.run import cases, tried
from provision.report import proofs as report
from provision.report.look import Look
from provision.text import LANGUAGES, same, say

TENANT = written("acme", {"keys": {"acl": "project"}})
HERE = Origin("tenants/acme.yaml", 3)


def stage(stopped=lambda: False):
    operator = SimpleNamespace(api=lambda service: service)
    return Stage(TENANT, operator, operator, lambda: None, stopped, ExitStack(), "provision-proof-0")


def attempt(test, stopped=lambda: False):
    promise = Promise("a-test", "network", say("p {item}", "p {item}"), say("t", "t"), lambda _: [], test)
    return tried((promise, "keys.acl"), stage(stopped))


def proof(verdict, error=None, tenant="acme"):
    return Proof(
        tenant, "a-test", say("a promise", "une promesse"), "keys.acl", HERE, say("tried", "essayé"), same("seen"), verdict, error
    )  # fmt: skip


def proven(*proofs):
    return Proven(
        "demo",
        "sandbox",
        "2026-11-25T10:00:00+00:00",
        "me@here",
        (Subject("acme", "startup", "1.0.0", "p1"),),
        proofs,
        1.5,
    )


@pytest.mark.parametrize(
    ("raised", "verdict", "fault"),
    [
        (Unprovable("no image"), Verdict.NOT_PROVABLE, False),
        (Forbidden("403"), Verdict.NOT_PROVABLE, True),
        (None, Verdict.HELD, False),
    ],
)
def test_whatever_a_test_comes_to_what_it_made_is_removed_last_first(raised, verdict, fault):
    gone = []

    def test(at, _key):
        at.after(lambda: gone.append("first"))
        at.after(lambda: gone.append("second"))
        if raised:
            raise raised
        return Seen(held=True, what=same("good"))

    ended = attempt(test)
    assert gone == ["second", "first"]
    assert (ended.verdict, ended.error is not None) == (verdict, fault)
    assert ended.origin == TENANT.values.origin("keys.acl")


def test_a_defect_too_removes_what_was_made():
    gone = []

    def test(at, _key):
        at.after(lambda: gone.append("it"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attempt(test)
    assert gone == ["it"]


def test_what_is_left_behind_is_an_error_beside_what_was_seen():
    def test(at, _key):
        at.after(lambda: (_ for _ in ()).throw(CloudError("still there")))
        return Seen(held=True, what=same("good"))

    ended = attempt(test)
    assert (ended.verdict, str(ended.seen), str(ended.error)) == (Verdict.HELD, "good", "still there")
    assert report.exit_code(proven(ended)) == 1


def test_once_asked_to_stop_nothing_is_tried():
    ended = attempt(lambda *_: pytest.fail("tried"), stopped=lambda: True)
    assert (ended.verdict, str(ended.seen)) == (Verdict.NOT_PROVABLE, "asked to stop")


def test_a_refusal_is_seen_and_another_error_proves_nothing():
    def answers(error):
        def call():
            raise error

        return call

    no = Forbidden("no", status=403)
    assert refused(answers(no), "GET /x", Forbidden).held
    assert not refused(lambda: None, "GET /x", Forbidden).held
    with pytest.raises(CloudError):
        refused(answers(CloudError("500", status=500)), "GET /x", Forbidden)
    assert not denied(NotFound("no such type", status=404), "POST /x").held
    with pytest.raises(CloudError):
        denied(CloudError("500", status=500), "POST /x")


def test_several_things_seen_hold_together():
    good, bad = Seen(held=True, what=same("a")), Seen(held=False, what=same("b"))
    assert (together(good, good).held, together(good, bad).held) == (True, False)
    assert str(together(good, bad, good).what) == "a; b; a"


def test_what_is_not_promised_is_not_tried():
    names = {promise.name for promise, _ in cases(TENANT)}
    assert names == {"secret-of-another-tenant"}
    assert cases(written("acme", {"keys": {"acl": "private"}, "state": "retired"})) == []


def test_the_page_of_proofs_tells_of_each():
    page = (Path(__file__).parents[2] / "docs" / "proofs.md").read_text()
    told = re.findall(r"^\| `([a-z0-9-]+)` \| (?!seen)", page, re.MULTILINE)
    assert sorted(told) == sorted(each.name for each in promises())


def test_who_cannot_be_removed_is_told_beside_what_was_seen(monkeypatch):
    @contextmanager
    def staying(_cloud, _tenant):
        yield None
        raise CloudError("the user is still there")

    monkeypatch.setattr(run, "guest", staying)
    monkeypatch.setattr(run, "tried", lambda *_: proof(Verdict.HELD))
    (ended,) = prove(None, [TENANT])
    assert ended.verdict == Verdict.HELD
    assert str(ended.error) == "the user is still there"


def test_each_promise_is_said_in_both_languages():
    for each in promises():
        for text in (each.says, each.tried):
            assert text.en != text.fr
            assert ("{item}" in text.en) == ("{item}" in text.fr)


@pytest.mark.parametrize(
    ("proofs", "code"),
    [
        ((proof(Verdict.HELD), proof(Verdict.NOT_PROVABLE)), 0),
        ((proof(Verdict.HELD), proof(Verdict.NOT_PROVABLE, Forbidden("403"))), 1),
        ((proof(Verdict.NOT_PROVABLE, Forbidden("403")), proof(Verdict.BROKEN)), 2),
    ],
)
def test_the_exit_code_tells_the_worst(proofs, code):
    assert report.exit_code(proven(*proofs)) == code


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_tells_all_of_what_did_not_hold(language):
    shown = report.text(proven(proof(Verdict.HELD), proof(Verdict.BROKEN)), Look(language))
    assert shown.count("(tenants/acme.yaml:3)") == 2
    assert shown.count("BROKEN, prom") == 1
    assert "HELD, prom" not in shown
    assert "HELD, prom" in report.text(proven(proof(Verdict.HELD)), Look(language, verbose=True))
    assert report.text(proven(), Look("en")).startswith("Nothing is promised")


def test_evidence_is_sealed_over_its_canonical_form(tmp_path):
    file = tmp_path / "e.json"
    body = report.data(proven(proof(Verdict.HELD)), "fr")
    evidence.save(body, file)
    assert evidence.load(file) == body
    shuffled = dict(reversed(json.loads(file.read_text()).items()))
    file.write_text(json.dumps(shuffled))
    assert evidence.load(file) == body
    file.write_text(json.dumps({**body, "cloud": "another"}))
    with pytest.raises(Refused):
        evidence.load(file)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 9, "sha256": ""}'])
def test_what_is_no_evidence_is_told(tmp_path, text):
    file = tmp_path / "e.json"
    file.write_text(text)
    with pytest.raises(UsageError):
        evidence.load(file)
    with pytest.raises(UsageError):
        evidence.load(tmp_path / "absent.json")


def landing(*hosts):
    """Servers as they end: on a host, or refused (None)."""
    fault = {"message": "No valid host was found. There are not enough hosts available."}
    return [
        {"status": "ACTIVE", groups.HOST: host}
        if host
        else {"status": "ERROR", groups.HOST: None, "fault": fault}
        for host in hosts
    ]


@pytest.mark.parametrize(
    ("said", "landed", "held", "told"),
    [
        ({"policy": "anti-affinity"}, landing("a", "b"), True, "group web: ACTIVE (a), ACTIVE (b)"),
        ({"policy": "anti-affinity"}, landing("a", None), True, "ERROR (No valid host was found)"),
        ({"policy": "anti-affinity"}, landing("a", "a"), False, "ACTIVE (a), ACTIVE (a)"),
        ({"policy": "anti-affinity"}, landing(None, None), False, "ERROR"),
        ({"policy": "anti-affinity", "max_server_per_host": 2}, landing("a", "a", "b"), True, "ACTIVE (b)"),
        ({"policy": "anti-affinity", "max_server_per_host": 2}, landing("a", "a", "a"), False, "ACTIVE (a)"),
        ({"policy": "anti-affinity", "max_server_per_host": 4}, [], True, "more than 4 servers were not booted"),
        ({"policy": "soft-anti-affinity"}, landing("a", "b"), True, "ACTIVE (b)"),
        ({"policy": "soft-anti-affinity"}, landing("a", None), False, "ERROR"),
        ({"policy": "soft-anti-affinity"}, landing("a", "a", "a", None), True, "two that must be apart: ACTIVE (a), ERROR"),
        ({"policy": "soft-anti-affinity"}, landing("a", "a", "a", "b"), False, "two that must be apart: ACTIVE (a), ACTIVE (b)"),
    ],
)  # fmt: skip
def test_members_land_apart_or_the_promise_is_broken(monkeypatch, said, landed, held, told):
    tenant = written("acme", {"ha": {"groups": [{"name": "web", **said}]}})
    kind = SimpleNamespace(
        resolve=lambda _, want: want,
        look=lambda _, address: [
            Live(address, "g1", want.spec, owned=True) for want in groups.wanted(tenant, groups.KIND)
        ],
    )
    answers = iter(landed)
    monkeypatch.setattr(groups, "kinds", lambda: {groups.KIND: kind})
    monkeypatch.setattr(groups, "booted", lambda *_: next(answers))
    compute = SimpleNamespace(
        post=lambda *_: {"server_group": {"id": "g2"}}, get=lambda *_: {"server_groups": []}
    )
    member = SimpleNamespace(compute=compute)
    with ExitStack() as undo:
        on = Stage(tenant, member, member, lambda: None, lambda: False, undo, "provision-proof-0")
        seen = groups.members_apart(on, "ha.groups")
    assert (seen.held, told in str(seen.what)) == (held, True)
    assert list(answers) == []
