"""The secured tenant, examined with the plain `openstack` client as docs/examine.md says, held against the profile's own YAML.

Between the two stands nothing of provision: the client runs in a process of its own, the profile is read as YAML.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from contextlib import ExitStack
from functools import reduce
from pathlib import Path

import pytest
from plain_client import Client, Refused
from promised import SECURED
from ruamel.yaml import YAML

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).parents[2]
OPERATOR, MEMBER, AUDITOR = "operator", "member", "auditor"
GIB, MIB = 1024**3, 1024**2


def read(path):
    return YAML(typ="safe").load(Path(path).read_text("utf-8"))


def over(under, above):
    both = dict(under)
    for key, value in above.items():
        inner = both.get(key)
        both[key] = over(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return both


@pytest.fixture(scope="module")
def profile():
    """What the profile says, over what it extends: plain YAML, no template filled in."""
    chain, name = [], "hautement-securise"
    while name:
        chain.append(read(ROOT / "profiles" / name / "profile.yaml"))
        name = chain[-1].get("extends")
    return reduce(over, reversed(chain))


@pytest.fixture(scope="module")
def estate(proven_estate):
    return read(proven_estate / "estate.yaml")


@pytest.fixture(scope="module")
def tenant(estate):
    return f"{estate['estate']}-{SECURED}"


@pytest.fixture(scope="module")
def ask(proven_estate, tenant, tmp_path_factory):
    """The client, as the operator, and as two people whom the client itself puts into groups of the tenant."""
    clouds = read(os.environ["OS_CLIENT_CONFIG_FILE"])["clouds"]
    operator = clouds[os.environ["OS_CLOUD"]]
    people = {  # in hexadecimal: no word of theirs begins like an option
        who: (f"examiner-{who}-{secrets.token_hex(3)}", secrets.token_hex(16)) for who in (MEMBER, AUDITOR)
    }
    named = {"project_name": tenant, "project_domain_name": tenant, "user_domain_name": tenant}
    asking = {
        who: {
            **operator,
            "auth": {"auth_url": operator["auth"]["auth_url"], **named, "username": user, "password": word},
        }
        for who, (user, word) in people.items()
    }
    file = tmp_path_factory.mktemp("examiner") / "clouds.yaml"
    YAML().dump({"clouds": {OPERATOR: operator, **asking}}, file)
    client = Client({**os.environ, "OS_CLIENT_CONFIG_FILE": str(file)})
    domain = ("--domain", tenant)
    with ExitStack() as end:
        end.callback(client.close)
        for who, group in ((MEMBER, "operators"), (AUDITOR, "auditors")):
            user, word = people[who]
            client.table(OPERATOR, "user create", *domain, "--password", word, user)
            end.callback(client, OPERATOR, "user delete", *domain, user)
            within = ("--group-domain", tenant, "--user-domain", tenant)
            client(OPERATOR, "group add user", *within, f"{tenant}-{group}", user)
        yield client


def test_the_volume_types_it_sees_are_encrypted_as_written(ask, profile, estate, tenant):
    said = profile["storage"]["volume"]
    names = {estate["volume_types"][role] for role in said["types"]}
    seen = {each["Name"] for each in ask.table(MEMBER, "volume type list")}
    assert seen == names
    for each in ask.table(OPERATOR, "volume type list --encryption-type"):
        if each["Name"] in names:
            told = {key: each["Encryption"][key] for key in ("provider", "cipher", "key_size")}
            assert told == {key: said[key] for key in ("provider", "cipher", "key_size")}
    (default,) = [each["Name"] for each in ask.table(MEMBER, "volume type list --default")]
    assert default == estate["volume_types"][said["default"]]


def families(entry, peer, group):
    """Yield (family, prefix, group) of each peer of an entry."""
    for each in entry[peer] if isinstance(entry[peer], list) else [entry[peer]]:
        if "/" in each:
            yield f"IPv{ipaddress.ip_network(each).version}", each, None
        else:
            for family, everything in (("IPv4", "0.0.0.0/0"), ("IPv6", "::/0")):
                yield family, everything, group if each == "self" else None if each == "any" else each


def written(profile, estate):
    """Yield the rules of the profile's groups: (group, direction, family, protocol, ports, prefix, remote group)."""
    for name, group in profile["security_groups"].items():
        for direction, peer in (("ingress", "from"), ("egress", "to")):
            for entry in group[direction]:
                said = estate["destinations"][entry] if isinstance(entry, str) else entry
                ports = f"{said['ports']}:{said['ports']}" if "ports" in said else ""
                protocol = None if said["protocol"] == "any" else said["protocol"]
                for family, prefix, remote in families(said, peer, name):
                    yield name, direction, family, protocol, ports, prefix, remote


def test_the_rules_of_each_group_are_those_written_in_both_families(ask, profile, estate):
    groups = {each["ID"]: each["Name"] for each in ask.table(MEMBER, "security group list")}
    assert set(groups.values()) == set(profile["security_groups"])
    seen = [
        (
            groups[each["Security Group"]], each["Direction"], each["Ethertype"], each["IP Protocol"],
            each["Port Range"], each["IP Range"], groups.get(each["Remote Security Group"]),
        )
        for each in ask.table(MEMBER, "security group rule list --long")
    ]  # fmt: skip
    assert sorted(seen, key=str) == sorted(written(profile, estate), key=str)
    assert {rule[2] for rule in seen} == {f"IPv{each}" for each in profile["network"]["ip_versions"]}


def test_who_has_a_role_on_it_is_who_is_written(ask, profile, tenant):
    def roles(*where):
        listed = ask.table(OPERATOR, "role assignment list --names", *where)
        return sorted((each["Group"] or each["User"], each["Role"]) for each in listed)

    def said(key):
        groups = profile["identity"]["groups"].items()
        return sorted(
            (f"{tenant}-{name}@{tenant}", role) for name, group in groups for role in group.get(key, ())
        )

    assert roles("--project", tenant, "--project-domain", tenant) == said("roles")
    assert roles("--domain", tenant) == said("domain_roles")
    assert {role for _, role in said("roles")} <= set(profile["identity"]["roles"]["allowed"])


def amount(value, unit):
    """Return a quota as a service counts it: ``2 TiB`` in GiB is 2048."""
    number, _, name = str(value).partition(" ")
    return int(number) * {"": unit, "GiB": GIB, "TiB": 1024 * GIB}[name] // unit


def test_its_quotas_are_those_written(ask, profile, tenant):
    project = ask.table(OPERATOR, "project show", "--domain", tenant, tenant)["id"]
    told = {
        each["Resource"].replace("-", "_"): each["Limit"]
        for each in ask.table(OPERATOR, "quota show", project)
    }
    assert profile["quotas"]["volume"].pop("other_types") == "none"
    assert (told["volumes_standard"], told["gigabytes_standard"]) == (0, 0)
    for section in profile["quotas"].values():
        for name, value in section.items():
            unit = {"ram": MIB}.get(name, GIB if "gigabytes" in name else 1)
            assert (name, told[_as_the_client_says(name, told)]) == (name, amount(value, unit))


def _as_the_client_says(name, told):
    """The client calls some quotas in the singular, or in words of its own."""
    spelt = {"key_pairs": "key_pairs", "subnet_pools": "subnetpools", "rbac_policies": "rbac_policies"}
    return next(each for each in (name, spelt.get(name), re.sub("ies$", "y", name)) if each in told)


def test_nobody_who_may_only_read_gets_a_key(ask, profile):
    assert profile["keys"]["acl"] == "private"
    name = f"examined-{secrets.token_hex(3)}"
    made = ask.table(MEMBER, "secret store", "--name", name, "--payload", secrets.token_hex(8))["Secret href"]
    try:
        acl = ask.table(MEMBER, "acl get", made)
        assert [each["Users"] for each in acl if each["Operation Type"] == "read"] == [[]]
        assert ask.table(MEMBER, "secret get", made, "--payload")
        with pytest.raises(Refused, match=r"(?i)forbidden|not allowed"):
            ask.table(AUDITOR, "secret get", made, "--payload")
    finally:
        ask(MEMBER, "secret delete", made)


def test_it_shares_no_network_and_cannot(ask, profile, tenant):
    assert profile["quotas"]["network"]["rbac_policies"] == 0
    networks = {each["Name"]: each["ID"] for each in ask.table(MEMBER, "network list --internal")}
    assert set(networks) == set(profile["networks"])
    shared = ask.table(OPERATOR, "network rbac list --long --type network")
    assert not [each for each in shared if each["Object ID"] in networks.values()]
    other = ask.table(OPERATOR, "project show admin")["id"]
    share = ("--type", "network", "--action", "access_as_shared", "--target-project", other)
    with pytest.raises(Refused, match="Quota exceeded"):
        ask.table(MEMBER, "network rbac create", *share, networks["backend"])


def test_its_ipv6_comes_from_the_operators_pool_and_it_can_make_none(ask, profile):
    assert profile["network"]["ipv6_pool"] == "estate"
    every = ask.table(MEMBER, "subnet list --ip-version 6")
    pooled = ask.table(MEMBER, "subnet list --ip-version 6 --subnet-pool tenants-v6")
    assert {each["ID"] for each in pooled} == {each["ID"] for each in every if each["Name"] != "public-v6"}
    with pytest.raises(Refused, match="Quota exceeded"):
        ask.table(MEMBER, "subnet pool create --pool-prefix fd00:9::/48 mine")


def test_its_networks_have_both_families_and_filtered_ports(ask, profile):
    for name in profile["networks"]:
        shown = ask.table(MEMBER, "network show", name)
        assert shown["port_security_enabled"] is True
        versions = [each["IP Version"] for each in ask.table(MEMBER, "subnet list --long", "--network", name)]
        assert sorted(versions) == profile["network"]["ip_versions"]
