from __future__ import annotations

import pytest

from provision.declare import explain
from provision.declare.floors import honours
from provision.model.estate import Floor
from provision.model.origin import Origin


def holds(direction, bound, value):
    return honours(Floor("x", direction, bound, Origin("p", 1), "p"), value)


@pytest.mark.parametrize(
    ("direction", "bound", "kept", "weaker"),
    [
        ("at_least", 2, [2, 3, 2.5, "unlimited"], [1, True, "2 GiB", "default", "unmanaged", None]),
        ("at_least", "80 GiB", ["80 GiB", "1 TiB", "81920 MiB"], ["79 GiB", 80, "80 GB", "word"]),
        ("at_most", 90, [90, 0], [91, "unlimited", "default", "unmanaged", False, "90 GiB"]),
        ("at_most", "1 TiB", ["1024 GiB", "1 MiB"], ["1025 GiB", 5]),
        ("at_most", "100 Mbit/s", ["0.1 Gbit/s", "64 kbit/s"], ["101 Mbit/s", "100 MiB", 100]),
        ("exactly", True, [True], [False, 1, "true"]),
        ("exactly", "80 GiB", ["80 GiB", "81920 MiB"], ["81 GiB"]),
        ("exactly", "luks", ["luks"], ["plain"]),
        ("exactly", 0, [0], [False, 1]),
        ("exactly", ["a", "b"], [["b", "a"]], [["a"], ["a", "b", "c"], "a"]),
        ("contains", ["a"], [["a", "b"]], [["b"], []]),
        ("contains", "a", [["a", "b"], "a"], [["b"]]),
        ("one_of", ["a", "b"], ["a", ["a", "b"], []], ["c", ["a", "c"]]),
    ],
)
def test_directions(direction, bound, kept, weaker):
    assert all(holds(direction, bound, value) for value in kept)
    assert not any(holds(direction, bound, value) for value in weaker)


def test_a_tenant_may_not_weaken_a_floor(documents):
    documents.profile("strict", "floor:\n  quotas.compute.cores: {at_most: 20}\n")
    documents.tenant("acme", "quotas:\n  compute:\n    cores: 48\n", "strict")
    assert documents.mistake() == (
        "tenants/acme.yaml:5 quotas.compute.cores: 48 is weaker than the floor of profile strict "
        "(at most 20, profiles/strict/profile.yaml:6) → write at most 20, or take another profile"
    )


@pytest.mark.parametrize(
    ("said", "wanted"), [("{}", "100 Mbit/s"), ("{bandwidth: {egress: 64 kbit/s}}", "64 kbit/s")]
)
def test_a_floor_of_bandwidth_holds_for_networks_that_say_nothing(documents, said, wanted):
    documents.profile("strict", "floor:\n  networks.*.bandwidth.egress: {at_most: 100 Mbit/s}\n")
    documents.tenant("acme", f"networks: {{back: {said}}}\n", "strict")
    assert documents.load().tenants["acme"].values.get("networks.back.bandwidth.egress") == wanted


@pytest.mark.parametrize("said", ["{egress: unlimited}", "{egress: 1 Gbit/s}"])
def test_a_floor_of_bandwidth_is_not_weakened(documents, said):
    documents.profile("strict", "floor:\n  networks.*.bandwidth.egress: {at_most: 100 Mbit/s}\n")
    documents.tenant("acme", f"networks: {{back: {{ipv4: none, ipv6: none, bandwidth: {said}}}}}\n", "strict")
    assert "acme.yaml:3" in documents.mistake()


def test_a_child_profile_may_not_weaken_an_inherited_floor(documents):
    documents.profile("strict", "floor:\n  audit.retention_days: {at_least: 180}\n")
    documents.profile("lax", "audit: {retention_days: 30}\n", "strict")
    documents.tenant("acme", "audit: {retention_days: 400}\n", "strict")
    assert documents.mistake().startswith("profiles/lax/profile.yaml:5 audit.retention_days: 30 is weaker")


def test_what_only_a_floor_said_yields_to_a_stricter_floor(documents):
    documents.profile(
        "strict", "floor:\n  audit.retention_days: {at_least: 180}\n  services.required: {contains: dns}\n"
    )
    documents.profile("stricter", "floor:\n  audit.retention_days: {at_least: 365}\n  services.required: {contains: [dns, key-manager]}\n", "strict")  # fmt: skip
    documents.tenant("acme", profile="stricter")
    estate = documents.load()
    values = estate.tenants["acme"].values
    assert values.get("audit.retention_days") == 365 and values.get("services.required") == [
        "dns",
        "key-manager",
    ]
    assert [each.value for each in explain(estate.tenants["acme"], "audit.retention_days")] == [365, 180]


def test_a_list_that_lacks_what_a_floor_asks_for_is_told(documents):
    documents.profile("strict", "floor:\n  services.required: {contains: [dns, key-manager]}\n")
    documents.tenant("acme", "services: {required: [dns]}\n", "strict")
    assert "write a list with [dns, key-manager], or take another profile" in documents.mistake()


def test_of_two_floors_the_stricter_is_told(documents):
    documents.profile("strict", "floor:\n  audit.retention_days: {at_least: 180}\n")
    documents.profile("stricter", "floor:\n  audit.retention_days: {at_least: 365}\n", "strict")
    documents.tenant("acme", "audit: {retention_days: 90}\n", "stricter")
    assert "floor of profile stricter (at least 365" in documents.mistake()


def test_a_floor_of_the_estates_defaults_is_told_there(documents):
    documents.write("estate.yaml", "estate: demo\ndefaults:\n  audit: {retention_days: 30}\n")
    documents.profile("strict", "floor:\n  audit.retention_days: {at_least: 180}\n")
    documents.tenant("acme", profile="strict")
    assert documents.mistake().startswith("estate.yaml:3 audit.retention_days")


def test_two_floors_that_quarrel_are_told_at_the_lower_one(documents):
    documents.profile("strict", "floor:\n  object.public: {exactly: false}\n")
    documents.profile("lax", "floor:\n  object.public: {exactly: true}\n", "strict")
    assert any(
        each.startswith("profiles/lax/profile.yaml:6 object.public: true") for each in documents.mistakes()
    )


def test_a_floor_sets_what_nobody_says(documents):
    documents.profile(
        "strict",
        """
        floor:
          object.public: {exactly: false}
          audit.retention_days: {at_least: 180}
          services.required: {contains: key-manager}
          quotas.compute.cores: {at_most: 20}
        """,
    )
    documents.tenant("acme", profile="strict")
    tenant = documents.load().tenants["acme"]
    assert tenant.values.get("object.public") is False
    assert tenant.values.get("audit.retention_days") == 180
    assert tenant.values.get("services.required") == ["key-manager"]
    assert tenant.values.get("quotas.compute.cores") == 10
    assert str(tenant.values.origin("object.public")) == "profiles/strict/profile.yaml:6"


def test_a_choice_left_open_by_a_floor_is_the_tenants_to_make(documents):
    documents.profile("strict", "floor:\n  classification: {one_of: [personal, internal]}\n")
    documents.tenant("acme", profile="strict")
    documents.tenant("blue", "classification: personal\n", "strict")
    assert documents.mistake() == (
        "tenants/acme.yaml:1 classification must be chosen → write one of these: personal, internal"
    )


def test_a_star_stands_for_every_entry(documents):
    documents.profile("strict", "floor:\n  identity.groups.*.roles: {one_of: [reader]}\n")
    documents.tenant("acme", "identity:\n  groups:\n    a: {roles: [reader]}\n    b: {roles: [member]}\n  roles: {allowed: [member, reader]}\n", "strict")  # fmt: skip
    assert documents.mistake().startswith("tenants/acme.yaml:6 identity.groups.b.roles: [member] is weaker")


def test_a_floor_on_an_unknown_key_is_refused(documents):
    documents.profile("strict", "floor:\n  quotas.compute.core: {at_most: 20}\n")
    assert "profiles/strict/profile.yaml:6 a floor stands on an unknown key" in documents.mistakes()[0]


def test_templates_are_held_to_floors_once_filled_in(documents):
    documents.profile("strict", 'floor:\n  kind: {one_of: [startup]}\nkind: "{{ tenant.key }}"\n')
    documents.tenant("startup", profile="strict")
    documents.tenant("partenaire", profile="strict")
    assert documents.mistake().startswith("profiles/strict/profile.yaml:7 kind: partenaire is weaker")
