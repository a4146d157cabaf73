from __future__ import annotations

import pytest

DEDICATED = "hosts: {isolation: dedicated}\n"


def reserve(documents, *hosts):
    listed = f"hosts: {{reserved: [{', '.join(hosts)}]}}\n" if hosts else ""
    documents.write("estate.yaml", f"estate: demo\n{listed}")


def test_as_many_hosts_as_are_promised_are_reserved(documents):
    reserve(documents, "c1", "c2", "c3")
    documents.tenant("acme", DEDICATED)
    documents.tenant("town", "hosts: {isolation: dedicated, count: 2}\n")
    documents.tenant("open", "hosts: {isolation: shared}\n")
    documents.load()


def test_a_promise_of_hosts_that_nobody_reserved_is_refused(documents):
    documents.tenant("acme", DEDICATED)
    assert documents.mistake() == (
        "tenants/acme.yaml:3 hosts.isolation: dedicated for tenant acme, and the estate reserves no host → "
        "write hosts: {reserved: [compute-7]} in estate.yaml, or take another profile"
    )


def test_machines_that_must_be_apart_need_a_second_host(documents):
    reserve(documents, "c1", "c2")
    apart = "ha:\n  groups:\n    - {name: web, policy: anti-affinity}\n"
    documents.tenant("acme", f"{DEDICATED}{apart}")
    assert documents.mistake() == (
        "tenants/acme.yaml:6 ha.groups.0: machines of web must be on different hosts, and tenant acme has one "
        "(tenants/acme.yaml:3) → give it more with hosts.count, or write policy: soft-anti-affinity"
    )
    documents.tenant("acme", f"hosts: {{isolation: dedicated, count: 2}}\n{apart}")
    documents.load()


def test_more_hosts_promised_than_reserved_are_refused(documents):
    reserve(documents, "c1", "c2")
    documents.tenant("acme", DEDICATED)
    documents.tenant("town", "hosts: {isolation: dedicated, count: 2}\n")
    assert documents.mistake() == (
        "estate.yaml:2 2 hosts are reserved, and 2 tenants are promised 3 of their own: acme, town → "
        "reserve more, or promise less"
    )


def test_a_retired_tenant_needs_no_host(documents):
    reserve(documents, "c1")
    documents.tenant("acme", DEDICATED)
    documents.tenant("gone", f"{DEDICATED}state: retired\nretirement: {{reason: over, date: 2026-11-01}}\n")
    documents.load()


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("[c9]", "tenants/town.yaml:3 c9 is not reserved by the estate → known: c1, c2"),
        ("[c1]", "tenants/town.yaml:3 c1 is promised to acme already → name another host"),
    ],
)
def test_a_named_host_is_reserved_and_nobody_elses(documents, names, told):
    reserve(documents, "c1", "c2")
    documents.tenant("acme", "hosts: {isolation: dedicated, names: [c1]}\n")
    documents.tenant("town", f"hosts: {{isolation: dedicated, names: {names}}}\n")
    assert documents.mistake().replace("did you mean c1? ", "").replace("did you mean c2? ", "") == told
