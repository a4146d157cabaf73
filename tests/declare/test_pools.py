"""Pools of addresses, their scopes, and the networks that take from them."""

from __future__ import annotations

import pytest

POOL = "prefixes: [172.16.0.0/16], prefix_length: 24"
SIX = "prefixes: ['2001:db8:77::/48']"
GONE = "state: retired, retirement: {reason: Moved, date: 2026-11-01}"


def document(*pools, scopes=(), networks=(), policy=None):
    """Pools stand on line 5 and after (below one line for each scope and one for their head)."""
    lines = ["network:"]
    lines += ["  scopes:", *(f"    {each}" for each in scopes)] if scopes else []
    lines += ["  pools:", *(f"    {each}" for each in pools)] if pools else []
    lines += [f"  ipv6_pool: {policy}"] if policy else []
    lines += ["networks:", *(f"  {each}" for each in networks)] if networks else []
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (document(f"a: {{{POOL}, scope: insid}}", scopes=["inside: {family: ipv4}"]), "7 network.pools.a.scope: insid is no scope of this tenant that stays → did you mean inside?"),
        (document(f"a: {{{POOL}, scope: inside}}", scopes=[f"inside: {{family: ipv4, {GONE}}}"]), "7 network.pools.a.scope: inside is no scope of this tenant that stays → known: none"),
        (document(f"a: {{{POOL}, scope: inside}}", scopes=["inside: {family: ipv6}"]), "7 network.pools.a is IPv4, its scope inside is not → take a scope of IPv4"),
        (document("a: {prefixes: [172.16.0.0/16, '2001:db8::/48']}"), "5 network.pools.a has prefixes of both families → write a pool for each family"),
        (document("a: {prefixes: [172.16.0.9/16]}"), "5 network.pools.a.prefixes.0 is 172.16.0.9/16 → it has host bits; write 172.16.0.0/16"),
        (document("a: {prefixes: []}"), "5 network.pools.a.prefixes"),
        (document("a: {prefixes: [172.16.0.0/16]}"), "5 network.pools.a: a subnet would get a /8, which is more than the pool has → write a longer prefix_length"),
        (document("a: {prefixes: [172.16.0.0/16], shortest: 20, prefix_length: 18}"), "5 network.pools.a: prefixes of 18 bits, from 20 to 32 → write shortest ≤ prefix_length ≤ longest ≤ 32"),
        (document("a: {prefixes: ['2001:db8::/48'], longest: 60}"), "5 network.pools.a: prefixes of 64 bits, from 64 to 60 → write shortest ≤ prefix_length ≤ longest ≤ 128"),
        (document(f"a: {{{POOL}}}", "b: {prefixes: [172.16.9.0/24], prefix_length: 26}"), "6 172.16.9.0/24 overlaps the pool a (tenants/acme.yaml:5) → take another prefix, or give each pool a scope of its own"),
        (document(f"a: {{{POOL}, scope: s}}", f"b: {{{POOL}, scope: s}}", scopes=["s: {family: ipv4}"]), "8 172.16.0.0/16 overlaps the pool a (tenants/acme.yaml:7)"),
        (document(f"a: {{{POOL}}}", networks=["n: {ipv4: {pool: b}}"]), "7 networks.n.ipv4.pool: b is no pool of this tenant that stays → known: a"),
        (document(f"a: {{{POOL}, {GONE}}}", networks=["n: {ipv4: {pool: a}}"]), "7 networks.n.ipv4.pool: a is no pool of this tenant that stays"),
        (document(f"a: {{{POOL}}}", networks=["n: {ipv6: {pool: a}}"]), "7 networks.n.ipv6.pool: the pool a has no IPv6 → take a pool of IPv6"),
        (document(f"a: {{{POOL}}}", networks=["n: {ipv4: {cidr: 172.17.0.0/24, pool: a}}"]), "7 172.17.0.0/24 is not in the pool a (tenants/acme.yaml:5) → take a prefix of 172.16.0.0/16, or add it to the pool"),
        (document(f"a: {{{POOL}, longest: 26}}", networks=["n: {ipv4: {cidr: 172.16.0.0/28, pool: a}}"]), "7 172.16.0.0/28: the pool a gives prefixes of 8 to 26 bits → take another prefix"),
        (document(f"a: {{{POOL}}}", networks=["n: {ipv4: 172.16.7.0/24}"]), "7 172.16.7.0/24 is written alone, and the pool a has it too (tenants/acme.yaml:5) → write {cidr: 172.16.7.0/24, pool: a}, or another prefix"),
        (document("a: {prefixes: [172.16.0.0/25], prefix_length: 26}", networks=[f"{each}: {{ipv4: {{pool: a}}}}" for each in "xyz"]), "5 network.pools.a: the 3 subnets that take from this pool ask for more than its prefixes → take less of it, or raise prefixes"),
        (document(f"a: {{{POOL}, quota: 300}}", networks=["x: {ipv4: {pool: a}}", "y: {ipv4: {cidr: 172.16.9.0/26, pool: a}}"]), "5 network.pools.a: the 2 subnets that take from this pool ask for more than its quota → take less of it, or raise quota"),
        (document(f"six: {{{SIX}, quota: 1}}", networks=["x: {ipv6: {pool: six}}", "y: {ipv6: {pool: six}}"]), "5 network.pools.six: the 2 subnets that take from this pool ask for more than its quota"),
        (document(policy="elsewhere"), "4 network.ipv6_pool: elsewhere is no pool of this tenant → known: estate"),
        (document(policy="estate", networks=["n: {ipv6: '2001:db8:9::/64'}"]), "6 networks.n.ipv6 is not taken from estate, where network.ipv6_pool calls for it (tenants/acme.yaml:4) → write ipv6: auto"),
        (document(f"six: {{{SIX}}}", policy="six", networks=["n: {ipv6: auto}"]), "8 networks.n.ipv6 is not taken from six, where network.ipv6_pool calls for it (tenants/acme.yaml:6) → write ipv6: {pool: six}"),
        ("quotas: {network: {subnet_pools: 0}}\n" + document(f"a: {{{POOL}}}"), "3 a quota of 0 subnet_pools, where tenant acme declares 1 → raise it to 1"),
        (document(scopes=["s: {}"]), "5 network.scopes.s"),
        (document("a: {state: retired, prefixes: [172.16.0.0/16]}"), "5 network.pools.a is retired without a reason and a date"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_told_at_its_line(documents, text, said):
    documents.tenant("acme", text)
    assert documents.mistake().startswith(f"tenants/acme.yaml:{said}")


def test_what_fits_together_is_not(documents):
    documents.tenant(
        "acme",
        """
        quotas: {network: {subnet_pools: 4}}
        network:
          scopes: {one: {family: ipv4}, two: {family: ipv4}}
          pools:
            a: {prefixes: [172.16.0.0/16], prefix_length: 24, longest: 28, scope: one, quota: 272}
            b: {prefixes: [172.16.0.0/16], prefix_length: 24, scope: two}
            c: {prefixes: [192.168.0.0/24], prefix_length: 26, scope: none, quota: unlimited}
            six: {prefixes: ["2001:db8:77::/48"]}
            old: {prefixes: [172.16.0.0/12], prefix_length: 24, state: retired, retirement: {reason: Moved, date: 2026-11-01}}
          ipv6_pool: six
        networks:
          any: {ipv4: {pool: a}, ipv6: {pool: six}}
          one: {ipv4: {cidr: 172.16.3.0/28, pool: a}, ipv6: none}
          mine: {ipv4: 10.0.0.0/24, ipv6: none}
          left: {ipv4: {pool: gone}, state: retired, retirement: {reason: Moved, date: 2026-11-01}}
        """,
    )
    assert documents.load().tenants["acme"].key == "acme"


def test_two_tenants_may_have_pools_alike(documents):
    for key in ("acme", "blue"):
        documents.tenant(key, document(f"a: {{{POOL}}}", networks=["n: {ipv4: {pool: a}}"]))
    assert len(documents.load().tenants) == 2


def test_a_network_that_takes_from_its_own_pool_needs_none_of_the_estate(documents):
    documents.write("estate.yaml", "estate: demo\n")
    documents.tenant("acme", document(f"a: {{{POOL}}}", networks=["n: {ipv4: {pool: a}}"]))
    assert documents.load().tenants["acme"].key == "acme"


def test_a_pool_that_cannot_be_read_is_told_once_and_the_rest_is_looked_at_all_the_same(documents):
    pools = ("a: {prefixes: [172.16.0.9/16]}", "b: {description: empty}")
    documents.tenant("acme", document(*pools, networks=["n: {ipv4: {pool: c}}"]))
    first, second = documents.mistakes()
    assert first.startswith("tenants/acme.yaml:5 network.pools.a.prefixes.0 is 172.16.0.9/16")
    assert second.startswith("tenants/acme.yaml:8 networks.n.ipv4.pool: c is no pool")
