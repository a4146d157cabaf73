from __future__ import annotations

import json
import stat
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from provision.errors import UsageError
from provision.record import key
from provision.record.entry import Fact, canonical, parse
from provision.record.examine import examine
from provision.record.ledger import Ledger, commit

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
KEYS = st.text("abcdefgh_", min_size=1, max_size=6)
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


@given(VALUES)
def test_what_is_written_is_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)


def test_files_and_key_are_for_their_owner_alone(book, tmp_path):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in book.folder.iterdir()}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(book.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(key.own_path().stat().st_mode) == 0o600
    assert key.own_path().is_relative_to(tmp_path / "config")
    assert "PRIVATE" in key.own_path().read_text()
    assert not [path for path in book.folder.iterdir() if b"PRIVATE" in path.read_bytes()]


def test_a_batch_reads_nothing_of_what_is_signed_already(book):
    lines = book.lines
    book.lines = [b"x" * (len(lines[0]) - 1) + b"\n", *lines[1:]]
    made = book.ledger.add([Fact("plan.made", {})])
    assert made.size == len(lines) + 1
    assert [told[:2] for told in book.integrity()] == [(0, 1), (None, 1)]


def test_two_hundred_thousand_steps_cost_seconds(book):
    about = {
        "run": "0123456789abcdef", "action": "CREATE", "address": "security_group/tenant-00042/web", "status": "DONE",
        "started": "2026-11-26T12:00:00.123456Z", "ended": "2026-11-26T12:00:00.123456Z", "found": False, "because": None,
        "request_ids": ["req-0b0b0b0b-1111-2222-3333-444444444444"], "error": None,
    }  # fmt: skip
    facts = [Fact("apply.step", about)] * 20_000
    started = time.process_time()
    book.ledger.add(facts)
    assert time.process_time() - started < 3  # a tenth of 200,000 in a tenth of half a minute, on any machine


def test_those_who_write_at_once_stand_behind_one_another(book):
    def write(number):
        Ledger(book.folder, f"person{number}@host").add([Fact("plan.made", {"n": number})])

    with ThreadPoolExecutor(8) as executor:
        list(executor.map(write, range(24)))
    found = book.found()
    assert (found.problems, found.entries) == ((), 13 + 24)


def test_any_action_may_be_recorded(book):
    book.ledger.add(
        [
            Fact("audit.made", {"findings": 3}),
            Fact("playbook.begun", {"run": "x"}),
            Fact("playbook.ended", {"run": "x"}),
        ]
    )
    assert book.found().problems == ()


def test_a_run_that_was_begun_and_never_ended_is_located(book):
    book.ledger.add([Fact("playbook.begun", {"run": "x"})])
    assert [told[:2] for told in book.completeness()] == [(13, 14)]
    assert book.ledger.open_runs() == {"x": {"entry": 13, "journal_after": 0}}
    book.ledger.add([Fact("playbook.ended", {"run": "x"})])
    assert book.found().problems == ()


def test_what_is_withheld_matches_its_commitment_and_may_be_erased(book):
    made, aside = commit("Jean Dupont is not in the directory")
    book.ledger.add([Fact("apply.step", {"error": made})], [aside])
    kept = [json.loads(line) for line in (book.folder / "withheld.jsonl").read_bytes().splitlines()]
    assert [each["text"] for each in kept] == ["Jean Dupont is not in the directory"]
    assert b"Dupont" not in (book.folder / "entries.jsonl").read_bytes()
    assert commit("Jean Dupont is not in the directory")[0] != made
    (book.folder / "withheld.jsonl").unlink()
    assert book.found().problems == ()


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"null", b"\xff", b'{"format":2}', b'{"format":1,"sequence":"0","time":1,"actor":2,"action":3,"about":[]}'])  # fmt: skip
def test_what_is_no_entry_is_none(line):
    assert parse(line) is None


def test_the_key_may_be_anything_that_a_uri_names(book, tmp_path, monkeypatch):
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    private = generate_private_key(SECP256R1())  # what a PKCS#11 token signs with
    (tmp_path / "hsm.pem").write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "hsm.pub").write_bytes(public)
    written = {"ledger": {"key": f"file2:{tmp_path / 'hsm.pem'}", "public_key": "hsm.pub"}}
    place = key.where(written, tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
    Ledger(tmp_path / "other" / "ledger", "a@b", place).add([Fact("plan.made", {})])
    trusted = key.public(tmp_path / "hsm.pub")
    found = examine(tmp_path / "other", {trusted.keyid: trusted})
    assert (found.problems, found.keys) == ((), (trusted.keyid,))
    assert not key.own_path().exists()
    monkeypatch.setenv(key.URI, "hsm:2?label=token")
    assert key.where(written, tmp_path).uri == "hsm:2?label=token"


def test_a_key_that_cannot_be_had_is_said(tmp_path, monkeypatch):
    def add(place):
        Ledger(tmp_path / "ledger", "a@b", place).add([Fact("plan.made", {})])

    with pytest.raises(UsageError, match="needs its public key"):
        add(key.Where("hsm:2"))
    (tmp_path / "bad.pem").write_text("nothing")
    with pytest.raises(UsageError, match="cannot be had"):
        add(key.Where("hsm:2", tmp_path / "bad.pem"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    key.own_path().parent.mkdir(parents=True)
    key.own_path().write_text("nothing")
    with pytest.raises(UsageError, match="cannot be had"):
        add(key.Where())


def test_a_ledger_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "ledger").write_text("a file where a folder should be")
    with pytest.raises(UsageError, match="cannot be written"):
        Ledger(tmp_path / "ledger", "a@b").add([Fact("plan.made", {})])
