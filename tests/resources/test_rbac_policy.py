import pytest
from answers import Answers, cloud, with_tenant
from written import written

from provision.errors import NotFound
from provision.model.address import Address
from provision.resources.rbac_policy import RbacPolicy, RbacPolicySpec

GONE = {"state": "retired", "retirement": {"reason": "moved", "date": "2026-11-01"}}
BACKEND = Address("network", "acme", "backend")
PROJECTS = {
    "/projects/p-ours": {"id": "p-ours", "domain_id": "default", "tags": ["provision.tenant=other", "provision.estate=contract"]},
    "/projects/p-elsewhere": {"id": "p-elsewhere", "domain_id": "default", "tags": ["provision.tenant=other", "provision.estate=else"]},
}  # fmt: skip


def tenant(*, rbac=None, **networks):
    return written("acme", {"networks": networks, **({"network": {"rbac": rbac}} if rbac else {})})


def wanted(**asked):
    return {want.address.name: want for want in RbacPolicy().desire(tenant(**asked))}


def entry(target, network="n1"):
    return {"id": f"{network}-{target}", "object_id": network, "target_tenant": target}


def a_cloud(*entries):
    identity = Answers(**{path: {"project": body} for path, body in PROJECTS.items()})
    network = Answers(**{"/rbac-policies": {"rbac_policies": list(entries)}})
    made = with_tenant(with_tenant(cloud(network=network, identity=identity)), "beside")
    made.ids.record(BACKEND, "n1")
    return made


def seen(*entries):
    return tuple(RbacPolicy().observe(a_cloud(*entries), frozenset({"acme"})))


def test_a_network_is_shared_with_whom_it_says_once_it_is_there():
    (want,) = wanted(backend={"shared_with": ["beside", "*"]}).values()
    assert want.spec == RbacPolicySpec(frozenset({"beside", "*"}))
    assert BACKEND in want.needs and want.retired is None


def test_a_network_that_says_nothing_is_nobodys_business_unless_sharing_is_exact():
    assert wanted(backend={}) == wanted(rbac="additive", backend={}) == {}
    (want,) = wanted(rbac="exact", backend={}).values()
    assert want.retired.reason == "network.rbac: exact"
    assert str(want.retired.origin) == str(tenant(rbac="exact", backend={}).values.origin("network.rbac"))


def test_an_empty_list_shares_with_nobody():
    assert wanted(backend={"shared_with": []})["backend"].retired.reason == "networks.backend.shared_with: []"


def test_a_share_goes_with_its_network():
    assert wanted(backend={"shared_with": ["beside"], **GONE})["backend"].retired.reason == "moved"


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ({"backend": {}}, False),
        ({"rbac": "exact"}, False),
        ({"rbac": "additive", "backend": {}}, True),
        ({"backend": {}, "front": {"shared_with": []}}, True),
    ],
)
def test_only_who_speaks_of_sharing_costs_a_request(asked, read):
    assert RbacPolicy().concerns(tenant(**asked)) is read


def test_sharers_are_told_by_their_key_and_strangers_by_their_project():
    (live,) = seen(entry("beside-project"), entry("p-ours"), entry("p-elsewhere"), entry("gone"), entry("*"))
    strangers = {"project:p-elsewhere", "project:gone"}
    assert live.spec.shared_with == {"beside", "other", "*"} | strangers
    assert live.owned and live.address == Address("rbac_policy", "acme", "backend")


def test_shares_of_networks_that_are_not_ours_are_nobodys():
    assert seen(entry("beside-project", network="the operator's")) == ()


def test_only_networks_are_asked_about_and_only_their_sharing():
    made = a_cloud()
    assert tuple(RbacPolicy().observe(made, frozenset({"acme"}))) == ()
    assert made.network.sent == [("/rbac-policies", {"object_type": "network", "action": "access_as_shared"})]


def test_a_tenant_without_a_project_is_waited_for_before_anything_is_written():
    made = a_cloud()
    made.identity.tables["/projects"] = {"projects": list(PROJECTS.values())}
    (want,) = wanted(backend={"shared_with": ["absent", "beside"]}).values()
    with pytest.raises(NotFound) as refused:
        RbacPolicy().create(made, want)
    assert "apply absent" in refused.value.render("en")
