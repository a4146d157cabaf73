from __future__ import annotations

import pytest


def group(entry, direction="egress"):
    return f"security_groups:\n  web:\n    {direction}: [{entry}]\n  db: {{ingress: [{{protocol: tcp, ports: 5432, from: web}}]}}\n"


def networks(*lines, routers="egress: {gateway: external}"):
    return f"routers: {{{routers}}}\nnetworks:\n" + "".join(f"  {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (networks("back: {ipv4: none, ipv6: none, router: egres}"), "5 networks.back.router: egres is no router → did you mean egress?"),
        (group("ntpp"), "5 security_groups.web.egress.0: ntpp is no destination of the estate → did you mean ntp? known: dns"),
        (group("{protocol: tcp, to: wbe}"), "5 security_groups.web.egress.0.to: wbe is no security group → did you mean web?"),
        (group("{protocol: tcp, ports: 90-80, to: any}"), "5 90-80 is no range of ports → write the smaller first"),
        (group("{protocol: tcp, ports: [80, 1-99999], to: any}"), "5 1-99999 is no range of ports"),
        ("compute: {flavors: [standrad]}\n", "3 compute.flavors.0: standrad is no flavour role of the estate → did you mean standard?"),
        ("storage:\n  volume:\n    types: [lusk]\n", "5 storage.volume.types.0: lusk is no volume type role of the estate → did you mean luks?"),
        ("storage:\n  volume:\n    types: [luks]\n    default: standard\n", "6 storage.volume.default: standard is no volume type of this tenant → known: luks"),
        ("identity:\n  roles: {allowed: [member]}\n  groups:\n    ops: {roles: [admin]}\n", "6 identity.groups.ops.roles.0: admin is no role that"),
        ("identity:\n  domain: dedicated\n  groups:\n    ops: {domain_roles: [admin]}\n  roles: {delegated: manager}\n", "6 identity.groups.ops.domain_roles.0: admin"),
        ("identity:\n  groups:\n    ops: {domain_roles: [manager]}\n  roles: {delegated: manager}\n", "5 identity.groups.ops: a role on a domain that the tenant does not own"),
        ("state: retired\n", "3 acme is retired without a reason and a date → add retirement"),
        ("identity:\n  groups:\n    ops:\n      state: retired\n", "6 identity.groups.ops is retired without a reason and a date"),
        ("quotas:\n  network:\n    networks: 1\n" + networks("a: {ipv6: none}", "b: {}"), "5 a quota of 1 networks, where tenant acme declares 2 → raise it to 2"),
        (networks("a: {ipv6: none, shared_with: [acme]}"), "5 networks.a.shared_with.0: acme is no other tenant of the estate → known: *"),
        ("quotas:\n  network:\n    rbac_policies: 0\n" + networks("a: {shared_with: ['*']}"), "5 a quota of 0 rbac_policies, where tenant acme declares 1 → raise it to 1"),
        (networks("a: {ipv4: 10.0.0.0/24}", "b: {ipv4: 10.0.0.128/25}"), "6 10.0.0.128/25 overlaps 10.0.0.0/24 of acme (tenants/acme.yaml:5) → take another"),
        (networks("a: {ipv4: 10.0.0.5/24}"), "5 networks.a.ipv4 is 10.0.0.5/24 → it has host bits; write 10.0.0.0/24"),
        (networks("a: {ipv4: '2001:db8::/64'}"), "5 networks.a.ipv4 is 2001:db8::/64 → this is IPv6; write an IPv4 prefix"),
        (networks("a: {ipv4: {cidr: 10.0.0.0/24, gateway: 10.0.1.1}}"), "5 the gateway 10.0.1.1 is not in 10.0.0.0/24 → take an address of 10.0.0.0/24"),
        (networks("a: {ipv6: automatic}"), "5 networks.a.ipv6"),
        (networks("a: {ipv4: {cidr: 10.0.0.0}}"), "5 networks.a.ipv4.cidr is 10.0.0.0 → write a prefix with its length"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_told_at_its_line(documents, more, said):
    documents.tenant("acme", more)
    assert documents.mistake().startswith(f"tenants/acme.yaml:{said}")


def test_what_fits_together_is_not(documents):
    documents.tenant(
        "acme",
        """
        identity:
          domain: dedicated
          roles: {delegated: manager, allowed: [member]}
          groups: {ops: {roles: [member], domain_roles: [manager]}}
        routers: {egress: {gateway: external}}
        networks:
          a: {ipv4: 10.0.0.0/24, ipv6: auto, router: egress}
          b: {ipv4: {cidr: 10.0.1.0/24, gateway: 10.0.1.254}, ipv6: none, router: none}
          old: {ipv4: 10.0.0.0/16, state: retired, retirement: {reason: Too wide, date: 2026-11-01}}
        quotas: {network: {networks: 2, routers: 1}}
        security_groups:
          default: {rules: exact, ingress: [], egress: [dns, ntp, https-mirror]}
          web: {ingress: [{protocol: tcp, ports: [80, 8000-8080], from: any}], egress: [{protocol: tcp, to: db}]}
          db: {ingress: [{protocol: tcp, ports: 5432, from: web}, {protocol: icmp, from: 10.0.0.0/24}]}
        compute: {flavors: [standard, secured]}
        storage: {volume: {types: [luks, standard], default: luks}}
        """,
    )
    assert documents.load().tenants["acme"].key == "acme"


def test_a_network_is_shared_with_tenants_that_stay(documents):
    documents.tenant("beside")
    documents.tenant("leaving", "state: retired\nretirement: {reason: Moved, date: 2026-11-01}\n")
    documents.tenant("acme", networks("a: {ipv6: none, shared_with: [beside, leaving]}"))
    assert documents.mistake().startswith(
        "tenants/acme.yaml:5 networks.a.shared_with.1: leaving is no other tenant"
    )


def test_the_estate_must_know_what_networks_stand_on(documents):
    documents.write("estate.yaml", "estate: demo\n")
    documents.tenant("acme", networks("a: {ipv4: auto, ipv6: {cidr: auto}, router: egress}"))
    assert [each.split(", ")[0] for each in documents.mistakes()] == [
        "tenants/acme.yaml:3 routers.egress.gateway needs external_network",
        "tenants/acme.yaml:5 networks.a.ipv4 needs pools.ipv4",
        "tenants/acme.yaml:5 networks.a.ipv6 needs pools.ipv6",
    ]


def test_destinations_of_the_estate_have_ranges_that_make_sense(documents):
    documents.write("estate.yaml", "estate: demo\ndestinations:\n  a: {protocol: tcp, ports: 9-2, to: any}\n")
    assert documents.mistake().startswith("estate.yaml:3 9-2 is no range of ports")


def two(documents, ipv4="none", ipv6="none", router="egress"):
    for key in ("acme", "blue"):
        documents.tenant(key, networks(f"a: {{ipv4: '{ipv4}', ipv6: '{ipv6}', router: {router}}}"))


def test_routed_ipv6_prefixes_are_unique_in_the_estate(documents):
    two(documents, ipv6="2001:db8::/64")
    assert documents.mistake().startswith(
        "tenants/blue.yaml:5 2001:db8::/64 overlaps 2001:db8::/64 of acme (tenants/acme.yaml:5)"
    )


def test_ipv4_and_unrouted_prefixes_may_be_used_again(documents):
    two(documents, ipv4="10.0.0.0/24", ipv6="2001:db8::/64", router="none")
    assert len(documents.load().tenants) == 2


def test_an_estate_may_want_every_prefix_unique(documents):
    documents.write("estate.yaml", "estate: demo\nexternal_network: public\ncidrs: unique\n")
    two(documents, ipv4="10.0.0.0/24")
    assert documents.mistake().startswith("tenants/blue.yaml:5 10.0.0.0/24 overlaps 10.0.0.0/24 of acme")


def test_a_prefix_is_held_against_the_widest_before_it(documents):
    documents.write("estate.yaml", "estate: demo\ncidrs: unique\n")
    for key, prefix in (("acme", "10.0.0.0/8"), ("blue", "10.1.0.0/24"), ("cyan", "10.2.0.0/24")):
        documents.tenant(key, f"networks:\n  a: {{ipv4: {prefix}, ipv6: none}}\n")
    assert [each.split(" (")[0] for each in documents.mistakes()] == [
        "tenants/blue.yaml:4 10.1.0.0/24 overlaps 10.0.0.0/8 of acme",
        "tenants/cyan.yaml:4 10.2.0.0/24 overlaps 10.0.0.0/8 of acme",
    ]


@pytest.mark.parametrize(
    ("rule", "name", "more", "said"),
    [
        ("project", "shared", "", "estate.yaml:3 tenants acme and blue would both have the project shared"),
        ("domain", "one", "identity: {domain: dedicated}\n", "acme and blue would both have the domain one"),
        ("group", "g", "identity: {groups: {a: {}}}\n", "tenants acme and blue would both have the group g"),
        ("project", "x" * 65 + "{{ tenant.key }}", "", "is empty or longer than 64 characters"),
    ],
)
def test_names_in_the_cloud_are_distinct_and_fit(documents, rule, name, more, said):
    documents.write("estate.yaml", f"estate: demo\nnaming:\n  {rule}: '{name}'\n")
    for key in ("acme", "blue"):
        documents.tenant(key, more)
    assert any(said in each for each in documents.mistakes())


def container(more, public="true"):
    return (
        f"object:\n  public: {public}\n  datasets: {{licence: etalab-2.0, metadata: [producer, contact]}}\n"
        f"  containers:\n    data: {{{more}}}\n"
    )


WHOLE = "metadata: {licence: etalab-2.0, producer: P, contact: C}"


@pytest.mark.parametrize("read", ["public", "['.r:*', '.rlistings']", "['.r:*']"])
def test_what_is_published_says_what_the_law_asks_for(documents, read):
    documents.tenant("acme", container(f"read: {read}, metadata: {{licence: etalab-2.0}}"))
    assert documents.mistake().startswith(
        "tenants/acme.yaml:7 public container data lacks producer, contact → add them"
    )


@pytest.mark.parametrize("read", ["public", "['.r:*']"])
def test_nothing_is_published_where_the_profile_forbids_it(documents, read):
    documents.tenant("acme", container(f"read: {read}, {WHOLE}", public="false"))
    assert documents.mistake().startswith(
        "tenants/acme.yaml:7 container data is public, where object.public is false (tenants/acme.yaml:4)"
    )


def test_a_dataset_bears_the_licence_of_the_policy(documents):
    documents.tenant("acme", container("read: public, metadata: {licence: mine, producer: P, contact: C}"))
    assert documents.mistake().startswith(
        "tenants/acme.yaml:7 container data is under mine, the policy under etalab-2.0"
    )


@pytest.mark.parametrize(
    "more",
    [
        f"read: public, {WHOLE}",
        "read: private",
        "read: ['*:reader']",
        "metadata: {}",
        "read: public, state: retired, retirement: {reason: Closed, date: 2026-11-01}",
    ],
)
def test_what_is_whole_or_closed_passes(documents, more):
    documents.tenant("acme", container(more))
    assert documents.load().tenants["acme"].key == "acme"


def test_a_quota_of_a_volume_type_is_of_one_that_the_estate_knows(documents):
    documents.tenant("acme", "quotas: {volume: {types: {luk: {volumes: 3}}}}\n")
    assert documents.mistake().startswith(
        "tenants/acme.yaml:3 quotas.volume.types.luk: luk is no volume type role"
    )


def test_other_volume_types_are_locked_where_some_may_be_used(documents):
    documents.tenant("acme", "quotas: {volume: {other_types: none}}\n")
    assert documents.mistake().endswith("→ name the types that may be used in storage.volume.types")
