from __future__ import annotations

import pytest
from answers import Answers, cloud, with_tenant
from written import written

from provision.cloud.shared import Shared
from provision.kind import Unmet
from provision.resources.host_aggregate import HostAggregate

PROJECT, OTHER = "a" * 32, "b" * 32
ZONE = {"c3": "b"}
RESERVED = {"hosts": {"reserved": ["c1", "c2", "c3"]}}


def wanted(key="acme", **said):
    (want,) = HostAggregate().desire(written(key, {"hosts": {"isolation": "dedicated", **said}}, RESERVED))
    return want


def a_cloud(aggregates=(), servers=(), hosts=("c0", "c1", "c2", "c3")):
    compute = Answers(
        **{
            "/os-aggregates": {"aggregates": list(aggregates)},
            "/os-services": {"services": [{"host": host, "zone": ZONE.get(host, "a")} for host in hosts]},
            "/servers/detail": {"servers": list(servers)},
        }
    )
    made = with_tenant(cloud(compute=compute))
    made.shared = Shared(lambda _: compute, lambda: None)
    return made


def aggregate(name, *hosts, **metadata):
    return {"id": 1, "name": name, "hosts": list(hosts), "metadata": metadata}


def chosen(made, want):
    return HostAggregate().resolve(made, want).spec.hosts


def test_a_host_of_somebody_elses_is_not_taken_and_a_placeholder_takes_none():
    theirs = aggregate("theirs", "c1", filter_tenant_id_9=f"x,{OTHER}")
    reserve = aggregate("reserve", "c1", "c2", "c3", filter_tenant_id="reserve")
    assert chosen(a_cloud([theirs, reserve]), wanted()) == ("c2",)


def test_a_tenant_keeps_the_host_that_it_has():
    made = a_cloud()
    own = aggregate(made.owner.describe("acme", wanted().address), "c3", filter_tenant_id=PROJECT)
    assert chosen(a_cloud([own]), wanted()) == ("c3",)
    assert chosen(a_cloud([own]), wanted(count=2)) == ("c3", "c1")


def test_a_host_is_chosen_in_the_zones_of_the_documents():
    tree = {"hosts": {"isolation": "dedicated"}, "location": {"zones": {"compute": ["b"]}}}
    (want,) = HostAggregate().desire(written("acme", tree, RESERVED))
    assert chosen(a_cloud(), want) == ("c3",)
    with pytest.raises(Unmet) as unmet:
        chosen(a_cloud(hosts=("c0", "c1", "c2")), want)
    assert "zones: b" in unmet.value.render("en")


def test_two_tenants_of_one_run_get_two_hosts():
    made = a_cloud()
    assert [chosen(made, wanted(key)) for key in ("acme", "beta", "acme")] == [("c1",), ("c2",), ("c1",)]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"servers": [{"tenant_id": OTHER}]}, {}),
        ({"hosts": ("c0",)}, {}),
        ({}, {"count": 4}),
        ({"aggregates": [aggregate("theirs", "c1", filter_tenant_id=OTHER)]}, {"names": ["c1"]}),
    ],
    ids=["runs machines of others", "is not there", "not enough", "named, and somebody else's"],
)
def test_what_cannot_be_had_bars_the_tenant(more, said):
    with pytest.raises(Unmet) as unmet:
        chosen(a_cloud(**more), wanted(**said))
    assert "hosts.reserved" in unmet.value.render("fr")


def test_only_documents_that_speak_of_hosts_want_an_aggregate_or_none():
    assert list(HostAggregate().desire(written("acme", {}))) == []
    (want,) = HostAggregate().desire(written("acme", {"hosts": {"isolation": "shared"}}))
    assert want.retired is not None
    assert HostAggregate().resolve(cloud(), want) is want
