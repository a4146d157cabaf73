import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.errors import UsageError
from provision.model.address import Address
from provision.model.event import ignore
from provision.model.marker import MAX_DESCRIPTION, Owner
from provision.model.origin import Origin
from provision.model.outcome import Outcome, Status
from provision.model.plan import Action
from provision.model.tenant import Tenant, Values
from provision.text import render, same, say

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,40}", fullmatch=True)


@given(NAMES, NAMES, NAMES)
def test_an_address_reads_back(kind, tenant, name):
    assert Address.parse(str(Address(kind, tenant, name))) == Address(kind, tenant, name)


@pytest.mark.parametrize("text", ["", "network", "network/acme", "network//x", "a/b/"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(UsageError, match="not an address"):
        Address.parse(text)


@given(st.text(), NAMES)
def test_a_marked_description_gives_back_its_address_within_255_characters(text, name):
    address, owner = Address("network", "acme", name), Owner("demo")
    described = owner.describe(text, address)
    assert len(described) <= MAX_DESCRIPTION
    kept, found = owner.read(described)
    assert found == address
    assert text.startswith(kept.rstrip()) or kept.strip() == text.strip()


def test_another_estates_marker_is_not_ours():
    described = Owner("theirs").describe("front", Address("network", "acme", "front"))
    assert Owner("demo").read(described) == (described, None)
    assert Owner("demo").read(None) == ("", None)


def test_project_tags_name_the_tenant_of_this_estate_only():
    owner = Owner("demo")
    assert owner.tenant(list(owner.tags("acme"))) == "acme"
    assert owner.tenant(list(Owner("theirs").tags("acme"))) is None
    assert owner.tenant([owner.tags("acme")[1]]) is None


def test_values_are_read_by_dotted_paths_and_know_where_they_stand():
    here, there = Origin("a.yaml", 1), Origin("a.yaml", 2)
    values = Values({"quotas": {"compute": {"cores": 4}}, "list": [1]}, {(): here, ("quotas",): there})
    assert values.get("quotas.compute.cores") == 4
    assert values.get("quotas.nothing", "x") == "x"
    assert values.section("quotas.compute") == {"cores": 4} and values.section("list") == {}
    assert values.items("list") == [1] and values.items("quotas") == ()
    assert values.origin("quotas.compute.cores") == there and values.origin("list") == here
    assert Values({}, {}).origin("x") == Origin("?", 0)


def test_a_tenant_knows_its_names_and_its_state():
    values = Values({"state": "retired"}, {})
    tenant = Tenant("acme", "startup", "1", values, Values({}, {}), {"group:admins": "acme_a"})
    assert tenant.retired and tenant.group_name("admins") == "acme_a" and tenant.group_name("x") == "acme-x"


def test_sentences_stand_in_both_languages_and_nest():
    text = say("no {thing}", "pas de {thing}", thing=say("network", "réseau"))
    assert (str(text), text.render("fr")) == ("no network", "pas de réseau")
    assert render("as it is", "fr") == "as it is" and render(same("{x}"), "fr") == "{x}"


def test_an_outcome_counts_its_seconds():
    outcome = Outcome("s", Action.CREATE, Address("a", "b", "c"), Status.DONE, started=1.0, ended=3.5)
    assert outcome.seconds == 2.5
    ignore(None)
