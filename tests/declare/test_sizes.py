from __future__ import annotations

import pytest

from provision.declare import explain
from provision.declare.schema import tree_schema

SIZES = "sizes: {S: 0.5, M: 1, L: 2, XL: 4}\n"
QUOTAS = """
quotas:
  compute: {instances: 5, cores: 10, ram: 40 GiB, key_pairs: 20}
  volume: {volumes: unlimited, gigabytes: 3 GiB, snapshots: default}
  network: {floating_ips: 3, rbac_policies: 1}
keys: {quota: {secrets: 7}}
"""


def quotas(documents, key="acme"):
    values = documents.load().tenants[key].values
    return {**values.section("quotas"), "keys": values.section("keys.quota")}


@pytest.mark.parametrize(
    ("size", "compute", "gigabytes", "floating_ips", "secrets"),
    [
        ("S", {"instances": 3, "cores": 5, "ram": "20 GiB"}, "2 GiB", 2, 4),
        ("M", {"instances": 5, "cores": 10, "ram": "40 GiB"}, "3 GiB", 3, 7),
        ("L", {"instances": 10, "cores": 20, "ram": "80 GiB"}, "6 GiB", 6, 14),
        ("XL", {"instances": 20, "cores": 40, "ram": "160 GiB"}, "12 GiB", 12, 28),
    ],
)
def test_a_size_multiplies_quotas_and_rounds_up_to_a_whole_unit(
    documents, size, compute, gigabytes, floating_ips, secrets
):
    documents.profile("sized", SIZES + QUOTAS)
    documents.tenant("acme", f"size: {size}\n", "sized")
    assert quotas(documents) == {
        "compute": {**compute, "key_pairs": 20},
        "volume": {"volumes": "unlimited", "gigabytes": gigabytes, "snapshots": "default"},
        "network": {"floating_ips": floating_ips, "rbac_policies": 1},
        "keys": {"secrets": secrets},
    }


def test_a_size_multiplies_the_quotas_of_volume_types(documents):
    types = "quotas: {volume: {types: {luks: {volumes: 3, gigabytes: 10 GiB}}}}\n"
    documents.profile("sized", SIZES + types)
    documents.tenant("acme", "size: L\n", "sized")
    assert quotas(documents)["volume"] == {"types": {"luks": {"volumes": 6, "gigabytes": "20 GiB"}}}


@pytest.mark.parametrize(
    ("size", "account", "held", "objects"),
    [("S", "1536 MiB", "1 MiB", 4), ("L", "6 GiB", "4 MiB", 14), ("XL", "12 GiB", "8 MiB", 28)],
)
def test_a_size_multiplies_what_the_object_store_may_hold(documents, size, account, held, objects):
    documents.profile(
        "sized",
        SIZES + "object: {quota: 3 GiB, containers: {a: {quota: {bytes: 2 MiB, objects: 7}}, b: {}}}\n",
    )
    documents.tenant("acme", f"size: {size}\n", "sized")
    found = documents.load().tenants["acme"].values.section("object")
    assert found["quota"] == account
    assert found["containers"] == {"a": {"quota": {"bytes": held, "objects": objects}}, "b": {}}


def test_without_a_size_the_profile_is_what_it_says(documents):
    documents.profile("sized", SIZES + QUOTAS)
    documents.tenant("acme", profile="sized")
    assert quotas(documents)["compute"]["cores"] == 10


def test_a_profile_gives_the_default_and_the_tenant_another(documents):
    documents.profile("sized", f"size: L\n{SIZES}{QUOTAS}")
    documents.tenant("acme", profile="sized")
    documents.tenant("small", "size: S\n", "sized")
    assert [quotas(documents, key)["compute"]["cores"] for key in ("acme", "small")] == [20, 5]


def test_the_estate_gives_the_factors_and_a_profile_its_own(documents):
    documents.write("estate.yaml", "estate: demo\ndefaults: {size: L, sizes: {L: 3}}\n")
    documents.profile("sized", QUOTAS)
    documents.profile("other", "sizes: {L: 1.25}\n", "sized")
    documents.tenant("acme", profile="sized")
    documents.tenant("town", profile="other")
    assert [quotas(documents, key)["compute"]["cores"] for key in ("acme", "town")] == [30, 13]


def test_what_the_tenant_writes_wins_over_its_size(documents):
    documents.profile("sized", SIZES + QUOTAS)
    documents.tenant("acme", "size: L\nquotas: {compute: {cores: 12}}\n", "sized")
    documents.tenant("town", "size: L\n", "sized")
    assert quotas(documents)["compute"]["cores"] == 12
    assert quotas(documents)["compute"]["instances"] == 10
    assert quotas(documents, "town")["compute"]["cores"] == 20


def test_a_value_tells_its_size_and_what_was_multiplied(documents):
    documents.profile("sized", SIZES + QUOTAS)
    documents.tenant("acme", "size: L\n", "sized")
    told = explain(documents.load().tenants["acme"], "quotas.compute.cores")
    assert [(each.layer.kind, each.layer.name, each.value, str(each.origin)) for each in told] == [
        ("size", "L × 2", 20, "tenants/acme.yaml:3"),
        ("profile", "sized", 10, "profiles/sized/profile.yaml:8"),
        ("profile", "plain", 10, "profiles/plain/profile.yaml:5"),
    ]


def test_what_a_floor_pins_is_not_multiplied(documents):
    documents.profile(
        "strict",
        "floor:\n  quotas.compute.cores: {exactly: 10}\n  quotas.network.floating_ips: {at_most: 3}\n"
        + SIZES
        + QUOTAS,
    )
    documents.tenant("acme", "size: L\n", "strict")
    found = quotas(documents)
    assert (found["compute"]["cores"], found["compute"]["instances"]) == (10, 10)
    assert found["network"]["floating_ips"] == 3


def test_a_floor_holds_after_multiplication(documents):
    documents.profile("strict", "floor:\n  quotas.compute.cores: {at_most: 30}\n" + SIZES + QUOTAS)
    documents.tenant("acme", "size: L\n", "strict")
    documents.load()
    documents.tenant("acme", "size: XL\n", "strict")
    assert documents.mistake() == (
        "tenants/acme.yaml:3 quotas.compute.cores: 40 is weaker than the floor of profile strict "
        "(at most 30, profiles/strict/profile.yaml:6) → "
        "take another size, or write quotas.compute.cores yourself, at most 30"
    )
    documents.tenant("acme", "size: XL\nquotas: {compute: {cores: 30}}\n", "strict")
    assert quotas(documents)["compute"]["cores"] == 30


def test_a_profile_says_which_sizes_may_be_had(documents):
    documents.profile("sized", "size: M\nfloor:\n  size: {one_of: [S, M]}\n" + SIZES + QUOTAS)
    documents.tenant("acme", "size: XL\n", "sized")
    assert documents.mistake().startswith("tenants/acme.yaml:3 size: XL is weaker than the floor")


def test_a_size_without_a_factor_is_refused(documents):
    documents.profile("sized", f"sizes: {{M: 1}}\n{QUOTAS}")
    documents.tenant("acme", "size: L\n", "sized")
    assert documents.mistake() == (
        "tenants/acme.yaml:3 size L: neither the estate nor the profile says what it multiplies by → "
        "write defaults: {sizes: {L: 2}} in estate.yaml, or {sizes: {L: 2}} in the profile"
    )


def test_a_tenant_may_not_choose_its_own_factors(documents):
    documents.profile("sized", SIZES + QUOTAS)
    documents.tenant("acme", "size: L\nsizes: {L: 100}\n", "sized")
    assert documents.mistake().startswith("tenants/acme.yaml:4 there is no key 'sizes' here")


@pytest.mark.parametrize("factor", ["0", "-1", "much"])
def test_a_factor_is_a_positive_number(documents, factor):
    documents.profile("sized", f"sizes: {{L: {factor}}}\n")
    assert documents.mistake().startswith("profiles/sized/profile.yaml:5 sizes.L is")


def test_a_template_is_not_multiplied_in_silence(documents):
    documents.profile("sized", SIZES + 'quotas: {compute: {instances: "{{ 2 }}"}}\n')
    documents.tenant("acme", "size: L\n", "sized")
    assert "quotas.compute.instances: a size cannot multiply a template" in documents.mistake()


def test_each_quota_says_whether_a_size_multiplies_it():
    services = tree_schema()["properties"]["quotas"]["properties"]
    still = {
        name
        for each in services.values()
        for name, said in each.get("properties", {}).items()
        if said.get("sized") is False
    }
    assert still == {
        "key_pairs",
        "server_group_members",
        "per_volume_gigabytes",
        "rbac_policies",
        "subnet_pools",
    }
