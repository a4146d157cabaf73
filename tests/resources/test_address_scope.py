from answers import Answers, cloud, with_tenant
from written import written

from provision.errors import NotFound
from provision.model.address import Address
from provision.model.marker import Owner
from provision.resources.address_scope import AddressScope, AddressScopeSpec

ADDRESS = Address("address_scope", "acme", "private")
DOCUMENT = {"network": {"scopes": {"private": {"family": "ipv6"}}}}


def seen(*names, owner="contract"):
    bodies = [
        {"id": f"s{number}", "name": name, "ip_version": 6, "project_id": "acme-project", "shared": False}
        for number, name in enumerate(names)
    ]
    made = with_tenant(cloud(network=Answers(**{"/address-scopes": {"address_scopes": bodies}})))
    return list(AddressScope().observe(made, frozenset({"acme"})))


def marked(name, address=ADDRESS):
    return Owner("contract").describe(name, address)


def test_a_scope_is_wanted_with_its_family_once_the_project_is_there():
    (want,) = AddressScope().desire(written("acme", DOCUMENT))
    assert (want.address, want.spec) == (ADDRESS, AddressScopeSpec("private", 6))
    assert want.needs == {Address("project", "acme", "acme")}


def test_a_scope_is_ours_by_the_marker_in_its_name_whatever_else_it_is_called():
    ours, renamed = seen(marked("private"), marked("other"))
    assert [(live.address, live.owned, live.spec.name) for live in (ours, renamed)] == [
        (ADDRESS, True, "private"),
        (ADDRESS, True, "other"),
    ]


def test_without_a_marker_of_its_own_it_is_somebodys():
    elsewhere, other_kind = (
        Address("address_scope", "other", "private"),
        Address("network", "acme", "private"),
    )
    found = seen("private", "", marked("private", elsewhere), marked("private", other_kind))
    assert [live.owned for live in found] == [False] * 4
    assert [live.address.name for live in found[:2]] == ["private", "s1"]


def test_a_cloud_that_knows_no_scopes_has_none():
    def none(*_, **__):
        raise NotFound("no such path")

    made = with_tenant(cloud(network=Answers()))
    assert list(AddressScope().observe(made, frozenset({"acme"}))) == []
