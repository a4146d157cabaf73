from __future__ import annotations

import pytest
from answers import Answers, cloud, with_tenant
from written import written

from provision.cloud.quota import quota_writing
from provision.errors import CloudError, Conflict
from provision.kind import Unmet
from provision.model import quota
from provision.model.address import Address
from provision.model.resource import Live
from provision.resources.compute_quota import QUOTAS, ComputeQuota, ComputeQuotaSpec
from provision.resources.network_quota import NetworkQuota
from provision.resources.volume_quota import VolumeQuota

KINDS = [ComputeQuota(), NetworkQuota(), VolumeQuota()]


def wanted(kind, **said):
    (want,) = kind.desire(written("acme", {"quotas": {kind.name.removesuffix("_quota"): said}}))
    return want


def test_the_four_words_and_units():
    spec = wanted(
        ComputeQuota(), instances="unmanaged", cores="unlimited", ram="80 GiB", key_pairs="default"
    ).spec
    assert spec == ComputeQuotaSpec(instances=None, cores=-1, ram=81920, key_pairs="default")
    assert wanted(VolumeQuota(), gigabytes="2 TiB").spec.gigabytes == 2048


@pytest.mark.parametrize("kind", KINDS)
def test_left_out_is_neither_zero_nor_asked_of_the_cloud(kind):
    want = wanted(kind)
    assert set(vars(want.spec).values()) == {None}
    assert kind.resolve(cloud(), want).spec == want.spec


def test_each_quota_knows_its_line():
    want = wanted(ComputeQuota(), instances=3, cores=4)
    assert want.where("cores").line == want.where("instances").line + 1


def test_default_is_what_the_service_says():
    made = cloud(shared={"quota_defaults": None})
    made.shared.quota_defaults = {"network": {"floatingip": 50, "network": 100}}.get
    want = NetworkQuota().resolve(made, wanted(NetworkQuota(), floating_ips="default", networks=2))
    assert (want.spec.floating_ips, want.spec.networks, want.spec.ports) == (50, 2, None)


def test_a_quota_that_the_service_does_not_know_is_said_before_anything_is_written():
    made = cloud()
    made.shared.quota_defaults = {"network": {"network": 100}}.get
    want = wanted(NetworkQuota(), networks=1, rbac_policies=0)
    with pytest.raises(Unmet) as unmet:
        NetworkQuota().resolve(made, want)
    assert unmet.value.where == str(want.where("rbac_policies"))
    assert "rbac_policies: unmanaged" in unmet.value.render("en")


def test_only_what_differs_is_sent():
    have = ComputeQuotaSpec(instances=3, cores=12, ram=1024)
    want = ComputeQuotaSpec(instances=3, cores=4, server_groups=-1)
    assert quota.changed(want, have, QUOTAS) == {"cores": 4, "server_groups": -1}


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_lowered_is_contested(kind):
    field = next(iter(kind.units))
    have = Live(Address(kind.name, "acme", "x"), "p", kind.spec(**{field: 5}), owned=True)
    unbound = Live(have.address, "p", kind.spec(**{field: -1}), owned=True)
    assert kind.contested(wanted(kind, **{field: 4}), have)
    assert kind.contested(wanted(kind, **{field: 4}), unbound)
    assert not any(kind.contested(wanted(kind, **{field: each}), have) for each in (5, 6, "unlimited"))
    assert not kind.contested(wanted(kind), have)


def test_a_neutron_that_does_not_tell_usage_decides_by_itself():
    made = cloud(shared={"network_extensions": None})
    made.shared.network_extensions = frozenset
    kind, want = NetworkQuota(), wanted(NetworkQuota(), networks=1)
    have = Live(want.address, "p", kind.spec(networks=5), owned=True)
    assert kind.settle(made, want, have) is want


def test_noughts_for_every_type_that_is_not_named():
    made = cloud()
    names = ("standard", "luks", "__DEFAULT__")
    made.shared.volume_types = lambda: tuple({"name": name} for name in names)
    defaults = {f"{what}_{name}": -1 for name in names for what in ("volumes", "gigabytes", "snapshots")}
    made.shared.quota_defaults = {"block-storage": defaults}.get
    tree = {
        "quotas": {"volume": {"other_types": "none", "types": {"luks": {"volumes": 3}}}},
        "storage": {"volume": {"types": ["luks"]}},
    }
    (want,) = VolumeQuota().desire(written("acme", tree))
    types = VolumeQuota().resolve(made, want).spec.types
    assert types == {key: 0 for key in defaults if not key.endswith("luks")} | {"volumes_luks": 3}


def test_a_type_that_cinder_does_not_know_is_said_before_anything_is_written():
    made = cloud()
    made.shared.quota_defaults = {"block-storage": {}}.get
    (want,) = VolumeQuota().desire(
        written("acme", {"quotas": {"volume": {"types": {"luks": {"volumes": 3}}}}})
    )
    with pytest.raises(Unmet, match="volumes_luks"):
        VolumeQuota().resolve(made, want)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_say_is_not_said(kind):
    made = with_tenant(cloud())  # has no service that could be asked
    assert kind.create(made, wanted(kind)) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_retired_tenants_are_put_back(kind):
    gone = {
        "state": "retired",
        "retirement": {"reason": "over", "date": "2026-11-01"},
        "quotas": {"compute": {"cores": 3}},
    }
    (want,) = kind.desire(written("acme", gone))
    assert want.retired.reason == "over"
    assert set(vars(want.spec).values()) == {None}


def test_projects_that_neutron_does_not_list_have_its_defaults():
    tables = {"/quotas": {"quotas": [{"project_id": "acme-project", "network": 3, "port": 500}]}}
    made = with_tenant(with_tenant(cloud(network=Answers(**tables))), "beta")
    made.shared.quota_defaults = {"network": {"network": 100, "port": 500}}.get
    found = {
        live.address.tenant: live.spec for live in NetworkQuota().observe(made, frozenset({"acme", "beta"}))
    }
    assert (found["acme"].networks, found["acme"].ports) == (3, 500)
    assert (found["beta"].networks, found["beta"].ports) == (100, 500)
    assert len(made.network.sent) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_project_nothing_is_asked(kind):
    made = cloud(compute=Answers(), network=Answers(), volume=Answers())
    assert list(kind.observe(made, frozenset({"acme"}))) == []
    assert kind.look(made, Address(kind.name, "acme", "x")) == ()
    assert made.compute.sent == made.network.sent == made.volume.sent == []


def test_a_refusal_says_what_to_do_and_another_error_does_not():
    with pytest.raises(Conflict) as refused, quota_writing():
        raise Conflict("in use", status=409)
    assert "at least what the tenant uses" in refused.value.render("en")
    with pytest.raises(CloudError) as broken, quota_writing():
        raise CloudError("broken", status=500)
    assert not broken.value.do
