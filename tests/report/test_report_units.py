from __future__ import annotations

import pytest
from samples import COST, ENGLISH, FRENCH

import provision.resources  # noqa: F401 (registers every kind)
from provision.kind import kinds, marks
from provision.model.address import Address
from provision.model.origin import Origin
from provision.model.plan import FieldChange
from provision.model.resource import Desired, Live
from provision.plan import make
from provision.report import plan as report
from provision.resources.compute_quota import ComputeQuotaSpec

AT = Address("compute_quota", "acme", "compute")
LINE = Origin("tenants/acme.yaml", 7)


def grown():
    want = Desired(AT, ComputeQuotaSpec(cores=20, ram=40960, instances=-1), LINE)
    have = Live(AT, "p1", ComputeQuotaSpec(cores=10, ram=20480, instances=10), owned=True)
    return make(
        {"compute_quota": kinds()["compute_quota"]}, [want], [have], cloud="sandbox", tenants=["acme"]
    )


@pytest.mark.parametrize("look", [ENGLISH, FRENCH])
def test_a_plan_says_quotas_with_their_units(look):
    lines = [line.split("  (")[0].strip() for line in report.text(grown(), COST, look).splitlines()]
    assert "ram        20 GiB → 40 GiB" in lines
    assert "cores      10 → 20" in lines
    assert "instances  10 → unlimited" in lines


def test_json_and_specs_keep_the_numbers_of_the_service():
    (change,) = report.data(grown(), COST, "en")["changes"]
    ram = next(each for each in change["fields"] if each["field"] == "ram")
    assert (ram["before"], ram["after"]) == (20480, 40960)
    assert FieldChange("ram", 20480, 40960, LINE) in grown().changes[0].fields


def test_every_quota_of_every_kind_has_its_unit():
    quotas = [kind for kind in kinds().values() if kind.name.endswith("_quota")]
    assert quotas
    for kind in quotas:
        marked = {name for name, words in marks(kind.spec).items() if words & {"manner", "by_key"}}
        assert kind.units.keys() == kind.spec.__dataclass_fields__.keys() - marked
