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
        (group("{protocol: tcp, ports: 22, to: 198.51.100.0/24}"), "5 security_groups.web.egress.0 opens IPv4 and not IPv6: egress IPv4 tcp 22 → 198.51.100.0/24 → open the other family too, or say only: ipv4, with"),
        (group("{protocol: tcp, ports: 22, to: '::/0'}"), "5 security_groups.web.egress.0 opens IPv6 and not IPv4: egress IPv6 tcp 22 → any"),
        (group("{protocol: 58, to: any}"), "5 security_groups.web.egress.0 opens IPv6 and not IPv4: egress IPv6 ipv6-icmp"),
        (group("{protocol: tcp, ports: 22, to: any, only: ipv6}"), "5 security_groups.web.egress.0 is for ipv6 only, and does not say why → add a reason"),
        (group("{protocol: tcp, ports: 22, to: 10.0.0.0/8, only: ipv6, reason: Test}"), "5 security_groups.web.egress.0 is for ipv6 only, and names no address of it"),
        ("egress: allowlist\n" + group("{protocol: tcp, ports: 443, to: any}"), "6 security_groups.web.egress.0 goes out to any, which is no destination of the estate, where egress is an allowlist (tenants/acme.yaml:3) → have the operator add"),
        ("egress: allowlist\n" + group("{protocol: any, to: '::/0', only: ipv6, reason: Test}"), "6 security_groups.web.egress.0 goes out to ::/0, which is no destination"),
        ("egress: allowlist\nsecurity_groups: {web: {rules: unmanaged}}\n", "4 group web lets out what anybody writes (rules: unmanaged), where egress is an allowlist (tenants/acme.yaml:3) → write rules: exact"),
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
        ("dns:\n  zones:\n    main: {name: city.example}\n", "5 dns.zones.main: nobody answers for it → add email, or owner.email"),
        ("dns:\n  zones:\n    main: {email: a@b.example}\n", "5 dns.zones.main"),
        ("dns:\n  zones:\n    main: {name: City.Example, email: a@b.example}\n", "5 dns.zones.main.name"),
        ("owner: {email: a@b.example}\ndns:\n  zones:\n    a: {name: city.example}\n    b: {name: city.example.}\n", "7 dns.zones.b.name: city.example is in a zone of acme → take another name"),
        ("ha:\n  groups:\n    - {name: web, policy: anti-affinity}\n    - {name: web, policy: anti-affinity}\n", "6 ha.groups.1: there are two groups web → take another name"),
        ("ha:\n  groups:\n    - {name: web, policy: soft-anti-affinity, max_server_per_host: 2}\n", "5 ha.groups.0: max_server_per_host goes with anti-affinity only → remove it"),
        ("ha:\n  groups:\n    - {name: web, policy: affinity}\n", "5 ha.groups.0.policy is affinity → did you mean anti-affinity? expected: anti-affinity or soft-anti-affinity"),
        ("ha:\n  groups:\n    - {name: web, policy: anti-affinity, state: retired}\n", "5 ha.groups.0 is retired without a reason and a date"),
        ("quotas: {compute: {server_groups: 1}}\nha:\n  groups: [{name: a, policy: anti-affinity}, {name: b, policy: anti-affinity}]\n", "3 a quota of 1 server_groups, where tenant acme declares 2 → raise it to 2"),
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
          db: {ingress: [{protocol: tcp, ports: 5432, from: web}, {protocol: icmp, from: 10.0.0.0/24, only: ipv4, reason: Old probes}]}
        compute: {flavors: [standard, secured]}
        storage: {volume: {types: [luks, standard], default: luks}}
        """,
    )
    assert documents.load().tenants["acme"].key == "acme"


def test_only_one_family_has_nothing_to_keep_alike(documents):
    documents.tenant("acme", "network: {ip_versions: [4]}\n" + group("{protocol: tcp, to: 10.0.0.0/8}"))
    assert documents.load().tenants["acme"].key == "acme"


def test_what_is_alike_by_another_entry_or_by_nature_is_alike(documents):
    both = "{protocol: tcp, to: 10.0.0.0/8}, {protocol: tcp, to: '2001:db8::/32'}, {protocol: 44, to: any}"
    documents.tenant("acme", group(both))
    assert documents.load().tenants["acme"].key == "acme"


def test_a_destination_of_the_estate_may_not_let_everything_out_of_an_allowlist(documents):
    text = (documents.folder / "estate.yaml").read_text()
    documents.write(
        "estate.yaml",
        text + "  away: {protocol: tcp, to: any}\n  here: {protocol: udp, ports: 53, to: 192.0.2.0/24}\n",
    )
    documents.tenant("acme", "egress: allowlist\n" + group("dns, away, here, {protocol: any, to: self}"))
    wide, lone = sorted(documents.mistakes(), reverse=True)
    assert "security_groups.web.egress.2 opens IPv4 and not IPv6" in wide
    assert "security_groups.web.egress.1 lets everything out in IPv4 (egress IPv4 tcp → any)" in lone


def test_a_network_is_shared_with_tenants_that_stay(documents):
    documents.tenant("beside")
    documents.tenant("leaving", "state: retired\nretirement: {reason: Moved, date: 2026-11-01}\n")
    documents.tenant("acme", networks("a: {ipv6: none, shared_with: [beside, leaving]}"))
    assert documents.mistake().startswith(
        "tenants/acme.yaml:5 networks.a.shared_with.1: leaving is no other tenant"
    )


def test_a_zone_stands_in_no_zone_of_another_tenant(documents):
    zone = "dns:\n  zones:\n    main: {{name: {}, email: a@b.example{}}}\n"
    documents.tenant("acme", zone.format("city.example", ""))
    documents.tenant("blue", zone.format("parks.city.example.", ""))
    documents.tenant("cyan", zone.format("city.example", ""))
    gone = ", state: retired, retirement: {reason: Moved, date: 2026-11-01}"
    documents.tenant("drab", zone.format("city.example", gone))
    assert documents.mistakes() == [
        "tenants/blue.yaml:5 dns.zones.main.name: parks.city.example is in a zone of acme → take another name",
        "tenants/cyan.yaml:5 dns.zones.main.name: city.example is in a zone of acme → take another name",
    ]


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


SALT = "naming: {pseudonyms: a salt that nobody guesses"


def test_a_tenant_may_go_by_a_pseudonym_that_is_always_the_same(documents):
    documents.write("estate.yaml", f"estate: demo\n{SALT}}}\n")
    documents.tenant("acme", "identity: {groups: {team: {}}}\n")
    names = documents.load().tenants["acme"].names
    assert (names["project"], names["group:team"]) == ("tmcnus6iys5ypn", "tmcnus6iys5ypn-team")


@pytest.mark.parametrize(
    ("estate", "said"),
    [
        (f"{SALT}, project: 'p-{{{{ tenant.key }}}}'}}", "naming.project tells who a tenant is"),
        (f"{SALT}, group: '{{{{ tenant.title }}}}-{{{{ group }}}}'}}", "naming.group tells who a tenant is"),
        ("naming: {pseudonyms: short}", "16 characters or more that nobody can guess"),
        ("naming: {project: '{{ tenant.pseudonym }}'}", "pseudonym"),
    ],
)
def test_a_pseudonym_is_no_use_where_a_rule_or_a_guess_tells_the_name(documents, estate, said):
    documents.write("estate.yaml", f"estate: demo\n{estate}\n")
    documents.tenant("acme")
    assert any(said in each for each in documents.mistakes())


def test_two_tenants_of_one_pseudonym_are_a_mistake(documents, monkeypatch):
    monkeypatch.setattr("provision.declare.tenants.pseudonym", lambda *_: "tsame")
    documents.write("estate.yaml", f"estate: demo\n{SALT}}}\n")
    for key in ("acme", "blue"):
        documents.tenant(key)
    assert any("acme and blue would both have the pseudonym tsame" in each for each in documents.mistakes())


def test_documents_are_not_given_the_salt(documents):
    documents.write("estate.yaml", f"estate: demo\n{SALT}}}\n")
    documents.tenant("acme", "title: '{{ estate.naming.pseudonyms }}'\n")
    assert documents.mistakes()


def container(more, public="true", datasets="licence: etalab-2.0, checksums: true", versioning="true"):
    return (
        f"object:\n  public: {public}\n  versioning: {versioning}\n  datasets: {{{datasets}}}\n"
        f"  containers:\n    data: {{{more}}}\n"
    )


SAID = {"licence": "etalab-2.0", "producer": "P", "contact": "C", "frequency": "ANNUAL"}


def metadata(**other):
    told = ", ".join(f"{key}: {value}" for key, value in {**SAID, **other}.items() if value)
    return f"metadata: {{{told}}}"


WHOLE = metadata()
EVERYBODY = ["public", "['.r:*', '.rlistings']", "['.r:*']", "['.r:.example.org']", "['*:*']"]


@pytest.mark.parametrize("read", EVERYBODY)
@pytest.mark.parametrize("datasets", ["checksums: true", "checksums: true, metadata: [producer]"])
def test_what_is_published_says_what_the_law_asks_for_whatever_the_policy(documents, read, datasets):
    documents.tenant("acme", container(f"read: {read}, metadata: {{licence: etalab-2.0}}", datasets=datasets))
    assert documents.mistake().startswith(
        "tenants/acme.yaml:8 public container data lacks producer, contact, frequency → add them"
    )


@pytest.mark.parametrize("key", SAID)
def test_nothing_that_the_law_asks_for_may_be_left_out(documents, key):
    documents.tenant("acme", container(f"read: public, {metadata(**{key: ''})}"))
    assert f"public container data lacks {key} →" in documents.mistake()


@pytest.mark.parametrize("read", EVERYBODY)
def test_nothing_is_published_where_the_profile_forbids_it(documents, read):
    documents.tenant("acme", container(f"read: {read}, {WHOLE}", public="false"))
    assert documents.mistake().startswith(
        "tenants/acme.yaml:8 container data is public, where object.public is false (tenants/acme.yaml:4)"
    )


def test_a_dataset_bears_the_licence_of_the_policy(documents):
    documents.tenant("acme", container(f"read: public, {metadata(licence='odbl-1.0')}"))
    assert documents.mistake().startswith(
        "tenants/acme.yaml:8 container data is under odbl-1.0, the policy under etalab-2.0"
    )


@pytest.mark.parametrize(
    ("word", "value", "said"),
    [
        ("licence", "mine", "no catalogue knows mine → known: etalab-2.0, odbl-1.0"),
        ("frequency", "annual", "no catalogue knows annual → did you mean ANNUAL?"),
        ("frequency", "UNKNOWN", "no catalogue knows UNKNOWN → "),
    ],
)
def test_licence_and_rhythm_are_words_that_catalogues_know(documents, word, value, said):
    documents.tenant(
        "acme", container(f"read: public, {metadata(**{word: value})}", datasets="checksums: true")
    )
    assert said in documents.mistake()


@pytest.mark.parametrize(
    ("more", "rest", "said"),
    [
        ("versioning: false", {}, "acme.yaml:8 public container data keeps no versions → write object.versioning: true"),
        ("cors: none", {"versioning": "false"}, "acme.yaml:8 public container data keeps no versions"),
        ("cors: none", {"datasets": "checksums: false"}, "acme.yaml:8 the files of public container data need bear no checksum"),
        ("write: ['*:*']", {}, "acme.yaml:8 container data may be written by others than the tenant → write write: private"),
        ("write: unmanaged", {}, "acme.yaml:8 container data may be written by others than the tenant"),
    ],
)  # fmt: skip
def test_a_public_container_keeps_versions_bears_checksums_and_is_written_by_its_own(
    documents, more, rest, said
):
    documents.tenant("acme", container(f"read: public, {WHOLE}, {more}", **rest))
    assert said in documents.mistake()


@pytest.mark.parametrize(
    ("more", "public", "said"),
    [
        ("write: ['0123:*']", "true", "container data may be written by others"),
        ("write: unmanaged", "false", "container data may be written by others"),
        ("read: unmanaged", "false", "container data may be opened by hand, where object.public is false"),
    ],
)
def test_a_closed_container_is_written_by_its_own_and_stays_closed(documents, more, public, said):
    documents.tenant("acme", container(more, public=public))
    assert said in documents.mistake()


@pytest.mark.parametrize(
    "more",
    [
        f"read: public, {WHOLE}",
        "read: private",
        "read: ['0123:*', '.r:-.example.org']",
        "read: unmanaged, write: unmanaged",
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
