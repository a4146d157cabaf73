"""Hand-made plans and outcomes, on the books of the shelf."""

from __future__ import annotations

from shelf import KINDS, desired, live

from provision.errors import Forbidden, QuotaExceeded
from provision.model.address import Address
from provision.model.outcome import Outcome, Status
from provision.model.plan import Action, Problem
from provision.plan import Options, make
from provision.report.look import Cost, Look
from provision.text import same, say

ENGLISH, FRENCH = Look("en"), Look("fr")
COST = Cost({"network": {"GET": 3, "POST": 1}, "identity": {"GET": 2}}, 1.84)
PROBLEM = Problem("beta", "tenants/beta.yaml:2", say("no dns", "pas de dns"), say("add it", "l'ajouter"))


def a_plan(desires=(), lives=(), options=None, problems=()):
    return make(
        KINDS,
        desires,
        lives,
        cloud="sandbox",
        tenants=["acme"],
        options=options or Options(),
        problems=problems,
    )


def full_plan():
    """One of everything: create, update, replace (blocked), delete, adopt, leave, a name that is taken, a problem."""
    return a_plan(
        desires=[
            desired("new", title="New", tags=("b", "a"), pin="1234", readers=frozenset()),
            desired("changed", title="After", readers=frozenset({"ana", "eve"}), pages=(2, 1)),
            desired("moved", shelf="east"),
            desired("old", retired=True),
            desired("found", title="Found"),
            desired("taken", title="Taken"),
        ],
        lives=[
            live("changed", title="Before", readers=frozenset({"ana", "bob"}), pages=(1, 2)),
            live("moved", shelf="west"),
            live("old", title="Old"),
            live("found", owned=False, title="Lost"),
            live("taken", owned=False),
            live("stray", owned=False),
            live("stray2", owned=False),
            live("forgotten"),
        ],
        options=Options(adopt=frozenset({Address("book", "acme", "found")})),
        problems=[PROBLEM],
    )


def outcome(name, status, error=None, because=None, action=Action.CREATE, ids=()):
    address = Address("book", "acme", name)
    cause = Address("book", "acme", because) if because else None
    return Outcome(f"{action}:{address}", action, address, status, error, cause, ids, 10.0, 12.5)


def mixed_outcomes():
    """Two causes of failure, one of them twice, and what was skipped because of them."""
    quota = QuotaExceeded(
        same("413 quota of networks exceeded"), where="POST /networks", do=say("raise it", "l'augmenter")
    )
    return (
        outcome("good", Status.DONE),
        outcome("same", Status.UNCHANGED),
        outcome("first", Status.FAILED, quota, ids=("req-1",)),
        outcome("second", Status.FAILED, QuotaExceeded(quota.what, where="POST /networks", do=quota.do)),
        outcome("child", Status.SKIPPED, because="first"),
        outcome("other", Status.FAILED, Forbidden(same("403 not yours"), where="book/acme/other")),
        outcome("orphan", Status.SKIPPED, because="other"),
    )
