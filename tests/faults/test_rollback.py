"""F8: one write of a tenant refused, each in turn; `--rollback` leaves the cloud as it was."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

WRITES = {
    "methods": "POST|PUT|PATCH|DELETE",
    "paths": "^(?!.*(auth/tokens|/identity/v3/projects(/[0-9a-f]{32})?$))",
}
PROJECT = {"methods": "POST", "paths": "/identity/v3/projects$", "nth": [2]}  # the lease's is the first
ONE_BY_ONE = ("--workers", "1")


def test_refused_at_each_write_in_turn_a_fresh_tenant_is_taken_back_whole(ground, figure):
    cloud = _lived_in(ground)
    measure = cloud.beside("measure")
    measure.tenant("clean")
    cloud.simulator.forget()
    measure.apply(*ONE_BY_ONE)
    writes = _writes(cloud)
    fresh = cloud.beside("alpha")
    fresh.tenant("fresh")
    failed = _refused_in_turn(
        fresh, [PROJECT, *({**WRITES, "nth": [number]} for number in range(1, writes + 1))]
    )
    assert {address.partition("/")[0] for address in failed} == set(_KINDS)
    fresh.quiet()
    fresh.apply(*ONE_BY_ONE)
    judged = fresh.judged()
    assert judged.clean(), judged
    figure(
        f"{writes + 1} writes refused in turn, {len(set(failed))} operations failed, as before each time; {judged}"
    )


def test_refused_at_each_write_in_turn_what_a_tenant_had_before_stays(ground, figure):
    cloud = _lived_in(ground)
    half = cloud.beside("omega")
    half.tenant("half")
    half.apply(*ONE_BY_ONE)
    taken = _lose_some(cloud.simulator, "half")
    cloud.simulator.forget()
    failed = _refused_in_turn(
        half, [{**WRITES, "nth": [number]} for number in range(1, 20)], until_clean=True
    )
    assert len(set(failed)) >= taken
    judged = half.settled()
    figure(
        f"{len(failed)} writes refused in turn over {taken} missing resources, as before each time; {judged}"
    )


_KINDS = (
    "project", "group", "role_assignment", "compute_quota", "network_quota", "volume_quota", "flavor_access",
    "volume_type_access", "default_volume_type", "network", "subnet", "router", "security_group",
)  # fmt: skip


def _lived_in(ground):
    """Return a cloud that has tenants of ours and of others."""
    cloud = ground()
    cloud.tenant("before")
    cloud.apply()
    cloud.run("plan")  # the first list of groups makes one for our own project, once and for all
    return cloud


def _refused_in_turn(estate, refusals, *, until_clean=False):
    """Apply once for each refusal, see each time that the cloud is as before, and return the addresses that failed."""
    failed = []
    for refusal in refusals:
        estate.quiet()
        estate.simulator.snapshot()
        estate.simulator.control(faults=[{"kind": "403", **refusal}])
        run = estate.run(
            "apply", "--yes", "--rollback", *ONE_BY_ONE, "--format", "json", expect=None, window=0.2
        )
        applied = run.json()
        if until_clean and run.code == 0:
            return failed
        assert run.code == 1, (refusal, applied)
        assert estate.simulator.diff() == {}, (refusal, failed, applied["undone"])
        failed += [each["address"] for each in applied["outcomes"] if each["status"] == "FAILED"]
    return failed


def _writes(cloud):
    """Return how many writes were sent, but for tokens, the lease, and the project."""
    requests = cloud.simulator.verdict()["requests"]
    sent = sum(sum(each.values()) for method, each in requests.items() if method not in {"GET", "HEAD"})
    return sent - cloud.simulator.verdict()["tokens"] - 3


def _lose_some(simulator, tenant):
    """Remove some of a tenant's resources behind our back; return how many."""
    project = next(
        each["id"]
        for each in simulator.call("identity", "GET", "/v3/projects?limit=1000").json()["projects"]
        if each["name"] == tenant
    )

    def of(collection):
        found = simulator.call("network", "GET", f"/v2.0/{collection}?project_id={project}").json()
        return next(iter(found.values()))

    for router in of("routers"):
        for subnet in of("subnets"):
            body = {"subnet_id": subnet["id"]}
            assert simulator.call(
                "network", "PUT", f"/v2.0/routers/{router['id']}/remove_router_interface", body
            ).ok
        assert simulator.call("network", "DELETE", f"/v2.0/routers/{router['id']}").ok
    for subnet in of("subnets")[:1]:
        assert simulator.call("network", "DELETE", f"/v2.0/subnets/{subnet['id']}").ok
    for group in of("security-groups"):
        if group["name"] == "web":
            assert simulator.call("network", "DELETE", f"/v2.0/security-groups/{group['id']}").ok
    return 3
