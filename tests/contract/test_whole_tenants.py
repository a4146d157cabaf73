"""All kinds together, on the real services: tenants come, stay the same, and go, in a counted number of requests."""

from __future__ import annotations

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import contract_cases
import pytest
from written import merged

from provision.apply.execute import execute
from provision.apply.perform import Performer
from provision.cloud.connect import connect
from provision.draft import look
from provision.kind import kinds
from provision.model import event
from provision.model.outcome import Status
from provision.observe.survey import survey
from provision.plan.make import make

pytestmark = pytest.mark.sandbox
CASES = contract_cases.load()
RETIRED = {"state": "retired", "retirement": {"reason": "the test is over", "date": "2026-11-24"}}
WORKERS = 4
RUN = secrets.token_hex(2)


def everything(cases):
    """One tenant that asks for what the full case of every kind asks for (or for what several can have of it), but for what is the whole estate's.

    Nor for a directory: its groups would be in there, and there is none.
    """
    tree = {}
    for each in cases.values():
        if not kinds()[each.kind].of_estate and each.kind != "domain_directory":
            tree = merged(tree, each.get("whole", each.get("full")))
    return {**tree, "title": "Contract"}


@contextmanager
def fresh():
    """Connect anew, as a run that has seen nothing yet, discovery and token included."""
    with closing(connect(os.environ["OS_CLOUD"], estate="contract")) as cloud:
        yield cloud


def plan(cloud, keys, fragment):
    cases = CASES["project"]
    tenants = [cases.tenant(key, fragment) for key in keys]
    desired = [want for tenant in tenants for kind in kinds().values() for want in kind.desire(tenant)]
    live = look(cloud, tenants)
    resolved = [kinds()[want.address.kind].resolve(cloud, want) for want in desired]
    return make(kinds(), resolved, live, cloud=cloud.name, tenants=keys)


def total(requests):
    return sum(times for methods in requests.values() for times in methods.values())


def apply(cloud, made):
    changes = {change.address: change for change in made.pending}
    with ThreadPoolExecutor(WORKERS) as executor:
        outcomes = execute(
            made, executor, Performer(cloud, kinds(), changes), workers=WORKERS, on_event=event.ignore
        )
    assert [str(outcome.error) for outcome in outcomes if outcome.status is not Status.DONE] == []


@pytest.mark.usefixtures("cloud", "operator")
def test_tenants_come_stay_and_go_in_few_requests():
    keys = [f"ct-{RUN}-whole-{number}" for number in range(6)]
    wanted = everything(CASES)
    try:
        with fresh() as cloud, cloud.writing():
            apply(cloud, plan(cloud, keys, wanted))
        for count, most in ((3, 88), (6, 126)):
            with fresh() as cloud:
                assert plan(cloud, keys[:count], wanted).pending == ()
                assert total(cloud.requests()) <= most, cloud.requests()
    finally:
        with fresh() as cloud, cloud.writing():
            apply(cloud, plan(cloud, keys, {**wanted, **RETIRED}))
    with fresh() as cloud:
        assert survey(cloud, kinds(), frozenset(keys)) == ()
