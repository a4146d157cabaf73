import copy
import pickle
from contextlib import closing

import pytest
from requests import ConnectionError as NoConnection
from requests import Request
from written import written

from provision.apply import job as room
from provision.apply.job import Connections, Job, bring
from provision.cloud.connect import connect
from provision.cloud.ids import Ids, Known
from provision.draft import Draft
from provision.errors import (
    CloudError,
    Conflict,
    DocumentErrors,
    Mistake,
    ProvisionError,
    UnknownOutcome,
    UsageError,
)
from provision.model.address import Address
from provision.model.marker import Owner
from provision.model.outcome import Status
from provision.plan import by_tenant
from provision.text import say

TREE = {"identity": {"groups": {"team": {"roles": ["member"]}}}, "networks": {"backend": {}}}


@pytest.fixture
def operator(simulator, monkeypatch):
    """Somebody connected to a simulated cloud, in a process that has made no job yet."""
    for name, value in simulator.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(room, "CONNECTIONS", Connections())
    with closing(connect(None, estate="contract")) as cloud:
        yield cloud
    for _, opened in room.CONNECTIONS.opened.values():
        opened.close()


def jobs(cloud, *keys, run="one"):
    tenants = [written(key, TREE) for key in keys]
    made = Draft.looking(cloud, tenants).whole(tenants)
    known = cloud.ids.known()
    return [
        Job(cloud.name, Owner("contract"), run, f"{tenant}-{run}", plan, known.get(tenant, Known()))
        for tenant, plan in by_tenant(made).items()
    ]


def networks(simulator):
    """The tenants' networks."""
    return {(tenant, name) for tenant, name in simulator.live()["network"] if tenant}


def sent(job):
    """A job as it comes out at the other end."""
    return pickle.loads(pickle.dumps(job))


def test_a_job_holds_no_secret_and_comes_out_as_it_went_in(operator):
    (job,) = jobs(operator, "acme")
    assert job.plan.steps and all(waits in {s.id for s in job.plan.steps} for s in job.plan.steps for waits in s.waits_for)  # fmt: skip
    packed = pickle.dumps(job)
    auth = operator.connection.config.config["auth"]
    assert (
        auth["password"].encode() not in packed
        and operator.connection.session.get_token().encode() not in packed
    )
    other = pickle.loads(packed)
    assert (other.plan.steps, other.known) == (job.plan.steps, job.known)
    assert [each.want for each in other.plan.changes] == [each.want for each in job.plan.changes]


def test_a_job_brings_its_tenant_and_tells_what_is_known_of_it(operator, simulator):
    one, two = map(sent, jobs(operator, "acme", "zeta"))
    brought = sent(bring(one))
    assert {each.status for each in brought.outcomes} == {Status.DONE}
    assert networks(simulator) == {("acme", "backend")}
    assert Address("project", "acme", "acme") in brought.known.ids
    assert brought.requests["network"]["POST"] > 0 and "POST" in brought.requests["identity"]
    again = bring(two)
    assert again.requests["identity"]["POST"] < brought.requests["identity"]["POST"], "one token a run"
    assert {address.tenant for address in again.known.ids} == {"zeta"}


def test_a_job_begun_again_creates_nothing_twice_and_calls_it_created(operator, simulator):
    (job,) = jobs(operator, "acme")
    first = bring(job)
    second = bring(sent(job), again=True)
    assert {each.status for each in second.outcomes} == {Status.DONE}
    assert simulator.verdict()["duplicated"] == []
    assert second.known.ids.items() >= first.known.ids.items()
    assert not any(each.found for each in second.outcomes)


def test_what_an_earlier_run_had_begun_is_found_and_called_so(operator, simulator):
    (job,) = jobs(operator, "acme")
    bring(job)
    network = Address("network", "acme", "backend")
    earlier = Job(job.cloud, job.owner, "two", "acme-two", job.plan, job.known, frozenset({network}))
    outcomes = {each.address: each for each in bring(earlier, again=True).outcomes}
    assert outcomes[network].found
    assert simulator.verdict()["duplicated"] == []


def test_a_job_nobody_waits_for_begins_nothing(operator, simulator):
    (job,) = jobs(operator, "acme")
    brought = bring(job, stop=lambda: True)
    assert {each.status for each in brought.outcomes} == {Status.STOPPED}
    assert networks(simulator) == set()


def test_a_new_run_reads_anew(operator):
    first, second = (jobs(operator, "acme", run=run)[0] for run in ("one", "two"))
    connections = Connections()
    cloud = connections.of(first, 1)
    assert connections.of(first, 1) is cloud
    anew = connections.of(second, 1)
    assert anew is not cloud and anew.wire.writable
    anew.close()


def test_a_process_that_does_not_know_the_cloud_says_so(operator, monkeypatch):
    (job,) = jobs(operator, "acme")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", "/nowhere/clouds.yaml")
    outcomes = sent(bring(job)).outcomes
    assert len(outcomes) == len(job.plan.steps)
    assert {each.status for each in outcomes} == {Status.FAILED}
    assert "a worker cannot connect" in str(outcomes[0].error) and "simulator" in str(outcomes[0].error)


@pytest.mark.parametrize(
    "error",
    [
        ProvisionError("a", where="b", do="c"),
        UsageError(say("{n} of them", "{n} d'entre eux", n=3)),
        Conflict(say("no", "non"), where="POST http://x", status=409, request_id="req-1"),
        UnknownOutcome("lost", status=504),
        DocumentErrors([Mistake("b.yaml", 2, "wrong"), Mistake("a.yaml", 1, say("bad", "mauvais"))]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_travel_whole(error):
    other = sent(error)
    assert type(other) is type(error) and vars(other) == vars(error)
    assert [other.render(each) for each in ("en", "fr")] == [error.render(each) for each in ("en", "fr")]


def test_of_what_caused_an_error_only_the_words_travel():
    request = Request("GET", "http://x", headers={"X-Auth-Token": "s3cret"}).prepare()
    cause = NoConnection("refused", request=request)
    error = CloudError(say("no answer: {error}", "pas de réponse : {error}", error=cause))
    assert b"s3cret" in pickle.dumps(cause)
    packed = pickle.dumps(error)
    assert b"s3cret" not in packed
    assert str(pickle.loads(packed)) == "no answer: refused" == str(copy.copy(error))


def test_ids_are_handed_over_tenant_by_tenant():
    ids, other = Ids(), Ids()
    for tenant in ("acme", "zeta"):
        ids.record(Address("project", tenant, tenant), f"id-{tenant}")
    other.learn(ids.known()["acme"])
    assert other.project("acme") == "id-acme" and other.project("zeta") is None
    assert other.take("acme") == ids.known()["acme"]
    assert other.known() == {} and other.take("acme") == Known()
