from __future__ import annotations

from types import SimpleNamespace

import pytest

from provision.errors import CredentialsRefused, Forbidden, NotFound, ServiceAbsent
from provision.model.facts import Facts, Flavor, Pool, VolumeType
from provision.observe.facts import facts


def pool(name, version=4, shared=True, default=False):
    return {
        "name": name,
        "ip_version": version,
        "shared": shared,
        "is_default": default,
        "default_prefixlen": "24",
    }


def answer(value):
    def ask():
        if isinstance(value, Exception):
            raise value
        return value

    return ask


def a_cloud(name="prod", encryption=None, **shared):
    offers = {
        "domains": {},
        "external_networks": (),
        "subnet_pools": (),
        "flavors": (),
        "compute_hosts": frozenset(),
        "volume_types": (),
        **shared,
    }

    def encrypted(path):
        found = (encryption or {}).get(path, {})
        if isinstance(found, Exception):
            raise found
        return found

    return SimpleNamespace(
        name=name,
        connection=SimpleNamespace(config=SimpleNamespace(get_region_name=lambda: None)),
        shared=SimpleNamespace(**{key: answer(value) for key, value in offers.items()}),
        volume=SimpleNamespace(get=encrypted),
    )


def test_the_clouds_own_defaults_stand_first():
    found = facts(
        a_cloud(
            domains={"Other": "x", "Home": "default"},
            external_networks=({"name": "a"}, {"name": "z", "is_default": True}),
            subnet_pools=(pool("b"), pool("private", shared=False), pool("six", 6, default=True)),
            flavors=(
                {"name": "big", "ram": 2, "os-flavor-access:is_public": True},
                {"name": "small", "ram": 1, "os-flavor-access:is_public": False},
            ),
            compute_hosts=frozenset({"two", "one"}),
            volume_types=(
                {"name": "luks", "id": "1"},
                {"name": "__DEFAULT__", "id": "2"},
                {"name": "plain", "id": "3"},
            ),
            encryption={"/types/1/encryption": {"encryption_id": "e"}},
        )
    )
    assert found == Facts(
        cloud="prod",
        region="",
        domain="Home",
        external_networks=("z", "a"),
        pools=(Pool("six", "ipv6", 24), Pool("b", "ipv4", 24)),
        flavors=(Flavor("small", public=False), Flavor("big", public=True)),
        hosts=("one", "two"),
        volume_types=(VolumeType("luks", encrypted=True), VolumeType("plain", encrypted=False)),
    )


@pytest.mark.parametrize("refusal", [Forbidden("no"), NotFound("no"), ServiceAbsent("no")])
def test_what_may_not_be_seen_is_left_empty(refusal):
    found = facts(
        a_cloud(
            domains=refusal if isinstance(refusal, Forbidden) else {},
            subnet_pools=refusal,
            flavors=refusal,
            compute_hosts=refusal,
            volume_types=({"name": "luks", "id": "1"},),
            encryption={"/types/1/encryption": refusal if isinstance(refusal, Forbidden) else {}},
        )
    )
    assert (found.domain, found.pools, found.flavors, found.hosts) == ("", (), (), ())
    assert found.volume_types == (VolumeType("luks", encrypted=False),)


def test_refused_credentials_are_not_hidden():
    with pytest.raises(CredentialsRefused):
        facts(a_cloud(flavors=CredentialsRefused("401")))


def test_a_cloud_of_variables_has_no_name_worth_writing_down():
    assert facts(a_cloud(name="envvars")).cloud == ""
