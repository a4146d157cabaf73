from types import SimpleNamespace

import pytest

from provision.cloud import neutron
from provision.cloud.ids import Ids
from provision.errors import CloudError, Conflict, QuotaExceeded
from provision.kind import Unmet
from provision.model.address import Address
from provision.model.marker import Owner
from provision.model.origin import Origin
from provision.model.resource import Desired, Live
from provision.text import same, say

ADDRESS = Address("network", "acme", "backend")
OWNER = Owner("contract")
HERE = Origin("tenants/acme.yaml", 7)


def a_cloud(tenants, bodies=()):
    asked = []

    def listing(path, key, **params):
        asked.append((path, key, params))
        return iter(bodies)

    made = SimpleNamespace(ids=Ids(), owner=OWNER, network=SimpleNamespace(list=listing), asked=asked)
    for tenant in tenants:
        made.ids.record(Address("project", tenant, tenant), f"p-{tenant}")
    return made


def test_up_to_twenty_projects_are_named_in_one_list():
    made = a_cloud(["acme", "globex"], [{"project_id": "p-globex"}, {"project_id": "somebody"}])
    found = list(neutron.listed(made, "security-groups", frozenset({"acme", "globex", "nobody"})))
    assert found == [("globex", {"project_id": "p-globex"})]
    assert made.asked == [("/security-groups", "security_groups", {"project_id": ["p-acme", "p-globex"]})]


def test_of_more_projects_the_whole_list_is_asked_for_and_of_none_nothing():
    many = frozenset(f"t{number}" for number in range(21))
    made = a_cloud(many)
    assert list(neutron.listed(made, "ports", many, device_owner="x")) == []
    assert made.asked == [("/ports", "ports", {"project_id": None, "device_owner": "x"})]
    none = a_cloud([])
    assert list(neutron.listed(none, "ports", many)) == [] and none.asked == []


def test_a_marked_thing_goes_by_its_marker_whatever_it_is_called():
    body = {"id": "n1", "name": "renamed", "description": OWNER.describe("Machines", ADDRESS)}
    found = neutron.found(a_cloud([]), "network", "acme", body)
    assert found == neutron.Found(ADDRESS, "Machines", owned=True)


@pytest.mark.parametrize(
    ("owner", "address"),
    [
        (Owner("another"), ADDRESS),
        (OWNER, Address("network", "globex", "backend")),
        (OWNER, Address("router", "acme", "backend")),
    ],
)
def test_a_marker_of_another_estate_tenant_or_kind_counts_for_nothing(owner, address):
    text = owner.describe("Machines", address)
    body = {"id": "n1", "name": "backend", "description": text}
    assert neutron.found(a_cloud([]), "network", "acme", body) == neutron.Found(ADDRESS, text, owned=False)


def test_what_has_no_name_goes_by_its_id():
    body = {"id": "n1", "name": "", "description": None}
    assert neutron.found(a_cloud([]), "network", "acme", body).address.name == "n1"


def heading(text, name="backend", description=None):
    want = Desired(ADDRESS, SimpleNamespace(name="backend"), HERE)
    have = Live(ADDRESS, "n1", SimpleNamespace(name=name), True, {"description": description})
    return neutron.head(a_cloud([]), want, text, have)


def test_a_heading_says_only_what_differs():
    marked = OWNER.describe("Machines", ADDRESS)
    assert heading("Machines", description=marked) == {}
    assert heading(None, description=marked) == {}
    assert heading("Machines", name="renamed", description=marked) == {"name": "backend"}
    assert heading("Servers", description=marked) == {"description": OWNER.describe("Servers", ADDRESS)}


def test_a_heading_marks_what_is_adopted_and_keeps_its_text_when_none_is_wanted():
    assert heading(None, description="Older than us") == {
        "description": OWNER.describe("Older than us", ADDRESS)
    }
    want = Desired(ADDRESS, SimpleNamespace(name="backend"), HERE)
    assert neutron.head(a_cloud([]), want, None) == {
        "name": "backend",
        "description": OWNER.marker(ADDRESS),
    }


def test_a_description_is_kept_as_it_will_be_read_back():
    long = Desired(ADDRESS, SimpleNamespace(description="x" * 400), HERE)
    kept = neutron.kept(a_cloud([]), long)
    assert len(f"{kept} {OWNER.marker(ADDRESS)}") == 255
    assert neutron.kept(a_cloud([]), Desired(ADDRESS, SimpleNamespace(description=None), HERE)) is None


POOL = say("pool", "réserve")


def test_one_thing_of_the_name_is_chosen():
    assert neutron.chosen(POOL, "a", [{"name": "a", "id": "1"}, {"name": "b"}], HERE)["id"] == "1"


def test_none_of_the_name_names_the_nearest_and_the_line():
    with pytest.raises(Unmet) as unmet:
        neutron.chosen(POOL, "tenants-4", [{"name": "tenants-v4"}, {"name": "other"}], HERE)
    assert unmet.value.where == "tenants/acme.yaml:7" and "tenants-v4" in str(unmet.value.do)


def test_several_of_the_name_are_refused():
    with pytest.raises(Unmet, match="2 of the name 'a'") as unmet:
        neutron.chosen(POOL, "a", [{"name": "a"}, {"name": "a"}], HERE)
    assert unmet.value.where == "tenants/acme.yaml:7" and unmet.value.do


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (QuotaExceeded(same("Quota exceeded")), "quotas.network"),
        (Conflict(same("in use")), "remove the machines"),
        (Conflict(same("in use"), do="already said"), "already said"),
        (CloudError(same("Specifying 'project_id' other than"), status=400), "Neutron's admin"),
        (CloudError(same("no idea"), status=500), ""),
    ],
)
def test_a_refusal_says_what_to_do(error, said):
    with pytest.raises(type(error)) as refused, neutron.writing(say("remove the machines", "supprimer")):
        raise error
    assert said in str(refused.value.do) and bool(refused.value.do) is bool(said)
