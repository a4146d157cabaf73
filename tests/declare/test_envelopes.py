from __future__ import annotations

import pytest

ESTATE = "estate: demo\napprovers: [{name: Claire}]\nenvelopes:\n"


def envelopes(documents, *lines, tenants=None):
    documents.write("estate.yaml", ESTATE + "".join(f"  {line}\n" for line in lines))
    for key, more in (tenants or {"acme": ""}).items():
        documents.tenant(key, more)


def test_a_tenant_within_its_envelope_is_in_order(documents):
    envelopes(documents, "all: {each: {quotas.compute.cores: 10, quotas.compute.ram: 40 GiB}}")
    documents.load()


def test_a_tenant_beyond_an_envelope_is_refused_at_its_line(documents):
    envelopes(
        documents,
        "all: {each: {quotas.compute.cores: 64}}",
        tenants={"acme": "quotas: {compute: {cores: 80}}\n"},
    )
    assert documents.mistake() == (
        "tenants/acme.yaml:3 quotas.compute.cores: 80 for tenant acme, where envelope all gives at most 64 (estate.yaml:4)"
        " → ask for less (or a smaller size), or have Claire approve it: an envelope with tenants: [acme] in estate.yaml"
    )


def test_a_size_beyond_an_envelope_is_refused_at_the_line_of_the_size(documents):
    envelopes(documents, "all: {each: {quotas.compute.ram: 64 GiB}, owner: Marc}")
    documents.profile("sized", "sizes: {L: 2}\n")
    documents.tenant("acme", "classification: public\nsize: L\n", "sized")
    assert documents.mistake().startswith(
        "tenants/acme.yaml:4 quotas.compute.ram: 80 GiB for tenant acme, where envelope all gives at most 64 GiB"
    )
    assert "have Marc approve it" in documents.mistake()


@pytest.mark.parametrize("said", ["unlimited", "default", "unmanaged"])
def test_what_has_no_bound_is_beyond_every_envelope(documents, said):
    envelopes(
        documents,
        "all: {each: {quotas.compute.cores: 64}}",
        tenants={"acme": f"quotas: {{compute: {{cores: {said}}}}}\n"},
    )
    assert documents.mistake().startswith(f"tenants/acme.yaml:3 quotas.compute.cores: {said} for tenant acme")


def test_what_nobody_says_is_beyond_an_envelope_that_bounds_it(documents):
    envelopes(documents, "all: {each: {quotas.volume.volumes: 64}}")
    assert documents.mistake().endswith("→ write a number, at most 64")


@pytest.mark.parametrize(
    ("whose", "held"),
    [
        ("profiles: [plain]", True),
        ("kinds: [startup]", True),
        ("tenants: [acme]", True),
        ("kinds: [administration]", False),
        ("tenants: [town]", False),
    ],
)
def test_an_envelope_is_for_whom_it_names(documents, whose, held):
    tenants = {"acme": "kind: startup\n", "town": "quotas: {compute: {cores: 1}}\n"}
    envelopes(documents, f"some: {{{whose}, each: {{quotas.compute.cores: 5}}}}", tenants=tenants)
    if held:
        assert "quotas.compute.cores: 10 for tenant acme" in documents.mistake()
    else:
        documents.load()


def test_an_envelope_that_names_a_tenant_stands_in_place_of_the_others(documents):
    lines = ("all: {each: {quotas.compute.cores: 5, quotas.compute.ram: 10 GiB}}", "more: {tenants: [acme], each: {quotas.compute.cores: 10}}")  # fmt: skip
    envelopes(documents, *lines)
    assert documents.mistake().startswith("profiles/plain/profile.yaml:5 quotas.compute.ram: 40 GiB for tenant acme")  # fmt: skip


def test_what_all_are_promised_together_is_bounded(documents):
    tenants = {key: f"quotas: {{compute: {{cores: {cores}}}}}\n" for key, cores in {"one": 10, "two": 30, "six": 60, "ten": 25}.items()}  # fmt: skip
    envelopes(documents, "floor: {together: {quotas.compute.cores: 125}}", tenants=tenants)
    documents.load()
    envelopes(documents, "floor: {together: {quotas.compute.cores: 124}}", tenants=tenants)
    assert documents.mistake() == (
        "estate.yaml:4 envelope floor gives 124 of quotas.compute.cores, and 4 tenants are promised 125 "
        "(most of it: six 60, two 30, ten 25) → lower the quotas or sizes of some, or have Claire raise it"
    )


def test_a_retired_tenant_takes_nothing_of_an_envelope(documents):
    retired = "state: retired\nretirement: {reason: over, date: 2026-11-01}\n"
    tenants = {"acme": "", "gone": retired}
    envelopes(documents, "all: {together: {quotas.compute.cores: 10}}", tenants=tenants)
    documents.load()


def test_a_sum_needs_numbers(documents):
    tenants = {"acme": "quotas: {compute: {cores: unlimited}}\n", "town": ""}
    envelopes(documents, "all: {together: {quotas.compute.cores: 100}}", tenants=tenants)
    assert documents.mistake().startswith("tenants/acme.yaml:3 quotas.compute.cores: unlimited for tenant acme")  # fmt: skip


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("each: {quotas.compute.cors: 5}", "quotas.compute.cors is no quota of a tenant"),
        ("each: {quotas.compute.ram: 5}", "quotas.compute.ram: 5 has no unit → write 5 MiB"),
        ("together: {quotas.compute.cores: many}", "quotas.compute.cores: 'many' is not a quantity"),
        ("tenants: [acne]", "envelopes.all.tenants: acne is not known → did you mean acme?"),
        ("kinds: [startups]", "envelopes.all.kinds: startups is not known → did you mean startup?"),
        ("profiles: [plan]", "envelopes.all.profiles: plan is not known → did you mean plain?"),
    ],
)
def test_what_is_wrong_with_an_envelope_is_told_at_its_line(documents, line, told):
    envelopes(documents, f"all: {{{line}}}")
    assert documents.mistake().startswith(f"estate.yaml:4 {told}")
