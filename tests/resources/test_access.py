from __future__ import annotations

import pytest
from answers import Answers, cloud, with_tenant
from written import written

from provision.errors import CloudError
from provision.kind import Unmet
from provision.model.address import Address
from provision.plan.decide import Options, decide
from provision.resources.default_volume_type import DefaultVolumeType
from provision.resources.flavor_access import FlavorAccess
from provision.resources.volume_type_access import VolumeTypeAccess

FLAVORS = (
    {"id": "f1", "name": "std.small", "os-flavor-access:is_public": False},
    {"id": "f2", "name": "std.medium", "os-flavor-access:is_public": True},
)
TYPES = (
    {"id": "t1", "name": "standard", "is_public": False},
    {"id": "t2", "name": "luks", "is_public": False},
)


def storage(**said):
    return written("acme", {"storage": {"volume": said}})


def names(wants):
    return [want.address.name for want in wants]


def test_roles_stand_for_flavours_and_each_is_wanted_once():
    estate = {"flavors": {"also": ["std.medium", "std.large"]}}
    tenant = written("acme", {"compute": {"flavors": ["standard", "also", "gpu.a100"]}}, estate)
    wants = list(FlavorAccess().desire(tenant))
    assert names(wants) == ["std.small", "std.medium", "std.large", "gpu.a100"]
    assert wants[2].origin == tenant.values.origin("compute.flavors.1")


def test_a_public_flavour_asks_for_nothing_and_an_unknown_one_is_said():
    made = cloud(shared={"flavors": FLAVORS})
    tenant = written("acme", {"compute": {"flavors": ["standard", "std.smal"]}})
    private, public, wrong = FlavorAccess().desire(tenant)
    assert FlavorAccess().resolve(made, private) is private
    resolved = FlavorAccess().resolve(made, public)
    assert decide({"flavor_access": FlavorAccess()}, [resolved], [], Options()) == ()
    with pytest.raises(Unmet) as unmet:
        FlavorAccess().resolve(made, wrong)
    assert unmet.value.where == str(tenant.values.origin("compute.flavors.1"))
    assert "std.small" in unmet.value.render("fr")


def test_exact_withdraws_the_estates_other_types_and_says_which_line_does():
    tenant = storage(types=["luks"], access="exact")
    kept, withdrawn = VolumeTypeAccess().desire(tenant)
    assert (kept.address.name, kept.retired) == ("luks", None)
    assert withdrawn.address.name == "standard"
    assert withdrawn.retired.origin == tenant.values.origin("storage.volume.access")
    assert names(VolumeTypeAccess().desire(storage(types=["luks"]))) == ["luks"]


def test_a_retired_tenant_gives_back_what_it_had_and_nothing_else():
    gone = {"state": "retired", "retirement": {"reason": "over", "date": "2026-11-01"}}
    tenant = written(
        "acme", {**gone, "storage": {"volume": {"types": ["luks"], "default": "luks", "access": "exact"}}}
    )
    wants = [*VolumeTypeAccess().desire(tenant), *DefaultVolumeType().desire(tenant)]
    assert names(wants) == ["luks", "default"]
    assert {want.retired.reason for want in wants} == {"over"}
    assert [
        VolumeTypeAccess().resolve(cloud(), wants[0]),
        DefaultVolumeType().resolve(cloud(), wants[1]),
    ] == wants


def test_exact_cannot_be_kept_over_a_public_type():
    made = cloud(shared={"volume_types": ({**TYPES[0], "is_public": True}, TYPES[1])})
    tenant = storage(types=["luks"], access="exact")
    kept, withdrawn = VolumeTypeAccess().desire(tenant)
    assert VolumeTypeAccess().resolve(made, kept) is kept
    with pytest.raises(Unmet) as unmet:
        VolumeTypeAccess().resolve(made, withdrawn)
    assert unmet.value.where == str(tenant.values.origin("storage.volume.access"))
    assert "additive" in unmet.value.render("fr")


def test_a_public_type_asks_for_nothing_and_an_unknown_one_is_said():
    made = cloud(shared={"volume_types": ({**TYPES[0], "is_public": True},)})
    public, wrong = VolumeTypeAccess().desire(storage(types=["standard", "luks"]))
    resolved = VolumeTypeAccess().resolve(made, public)
    assert decide({"volume_type_access": VolumeTypeAccess()}, [resolved], [], Options()) == ()
    with pytest.raises(Unmet, match="luks"):
        VolumeTypeAccess().resolve(made, wrong)
    with pytest.raises(Unmet, match="luks"):
        DefaultVolumeType().resolve(made, *DefaultVolumeType().desire(storage(default="luks")))


def test_the_default_waits_for_the_access_to_its_type():
    (want,) = DefaultVolumeType().desire(storage(types=["luks"], default="luks"))
    assert Address("volume_type_access", "acme", "luks") in want.needs
    assert list(DefaultVolumeType().desire(storage(types=["luks"]))) == []


def test_access_costs_one_question_a_private_flavour_or_type_however_many_tenants():
    access = {
        "flavor_access": [
            {"flavor_id": "f1", "tenant_id": f"{key}-project"} for key in ("acme", "beta", "else")
        ]
    }
    compute = Answers(**{"/flavors/f1/os-flavor-access": access})
    volume = Answers(
        **{"/types/t2/os-volume-type-access": {"volume_type_access": [{"project_id": "beta-project"}]}}
    )
    made = cloud(compute=compute, volume=volume, shared={"flavors": FLAVORS, "volume_types": TYPES})
    with_tenant(with_tenant(made), "beta")
    both = frozenset({"acme", "beta"})
    assert [live.address.tenant for live in FlavorAccess().observe(made, both)] == ["acme", "beta"]
    assert [str(live.address) for live in VolumeTypeAccess().observe(made, both)] == [
        "volume_type_access/beta/luks"
    ]
    assert (len(compute.sent), len(volume.sent)) == (1, 2)


@pytest.mark.parametrize("kind", [FlavorAccess(), VolumeTypeAccess(), DefaultVolumeType()])
def test_without_a_project_nothing_is_asked(kind):
    made = cloud(compute=Answers(), volume=Answers(), shared={"flavors": FLAVORS, "volume_types": TYPES})
    assert list(kind.observe(made, frozenset({"acme"}))) == []
    assert made.compute.sent == made.volume.sent == []


@pytest.mark.parametrize(("status", "said"), [(500, True), (400, False)])
def test_cinder_breaking_on_keystones_no_is_explained(status, said):
    def put(_path, _body):
        raise CloudError("broken", status=status)

    made = with_tenant(cloud())
    made.volume = type("Volume", (), {"put": staticmethod(put)})
    (want,) = DefaultVolumeType().desire(storage(default="luks"))
    with pytest.raises(CloudError) as broken:
        DefaultVolumeType().create(made, want)
    assert bool(broken.value.do) is said
