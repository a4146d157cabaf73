from __future__ import annotations

import pytest
import yaml

from provision.declare import scaffold
from provision.model.facts import Facts, Flavor, Pool, VolumeType

FACTS = Facts(
    cloud="prod",
    region="fr-par",
    domain="Default",
    external_networks=("public", "partners"),
    pools=(Pool("v4", "ipv4", 24), Pool("v4-old", "ipv4", 26), Pool("v6", "ipv6", 64)),
    flavors=(
        Flavor("std.small", public=False),
        Flavor("sec.small", public=True),
        Flavor("try", public=True),
        Flavor("gpu", public=False),
    ),
    hosts=("compute-1", "dedicated-1", "dedicated-2"),
    volume_types=(
        VolumeType("ssd", encrypted=False),
        VolumeType("nvme", encrypted=False),
        VolumeType("vault", encrypted=True),
    ),
)


def written(facts, language="en", name="demo"):
    return scaffold.files(name, facts, language)["estate.yaml"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_the_cloud_offers_becomes_the_estate(language):
    assert yaml.safe_load(written(FACTS, language)) == {
        "estate": "demo",
        "cloud": "prod",
        "region": "fr-par",
        "jurisdiction": "FR",
        "domain": "Default",
        "external_network": "public",
        "pools": {"ipv4": "v4", "ipv6": "v6"},
        "prefix_lengths": {"ipv4": 24, "ipv6": 64},
        "flavors": {"standard": ["std.small", "try"], "secured": ["sec.small", "gpu"]},
        "hosts": {"reserved": ["dedicated-1", "dedicated-2"]},
        "volume_types": {"standard": "ssd", "luks": "vault"},
        "destinations": {
            "dns": {"protocol": "udp", "ports": 53, "to": "any"},
            "ntp": {"protocol": "udp", "ports": 123, "to": "any"},
            "https-mirror": {"protocol": "tcp", "ports": 443, "to": "any"},
        },
        "defaults": {"sizes": {"S": 0.5, "M": 1, "L": 2, "XL": 4}},
    }


def test_what_was_not_chosen_is_named_in_a_comment():
    text = written(FACTS)
    for words in ("# also there: partners", "# also there: v4-old", "# also there: nvme"):
        assert words in text


def test_without_a_cloud_defaults_stand_as_comments_and_the_rest_is_valid():
    text = written(None, "fr")
    assert set(yaml.safe_load(text)) == {"estate", "jurisdiction", "destinations", "defaults"}
    assert "# external_network: public" in text
    assert "à compléter" in text


def test_a_missing_role_is_a_comment_under_the_other():
    facts = Facts("c", "r", "d", volume_types=(VolumeType("ssd", encrypted=False),))
    text = written(facts)
    assert yaml.safe_load(text)["volume_types"] == {"standard": "ssd"}
    assert "to fill in, none was seen" in text


@pytest.mark.parametrize("name", ["no", "12", "a: b", "#1", "été", "x y", "-"])
def test_a_name_stays_a_name_in_yaml(name):
    assert yaml.safe_load(f"[{scaffold.scalar(name)}]") == [name]


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Mon Cloud", "mon-cloud"),
        ("e1", "e1"),
        ("2026-prod", "prod"),
        ("x", "estate"),
        ("été", "estate"),
        ("a" * 50, "a" * 30),
    ],
)
def test_a_folder_names_its_estate(folder, name):
    assert scaffold.name_from(folder) == name
    assert scaffold.NAME.fullmatch(name)


def test_the_other_files_are_in_the_chosen_language_and_name_the_estate():
    french = scaffold.files("demo", None, "fr")
    assert french["README.md"].startswith("# demo\n\nLes documents d'un parc")
    assert french[".gitignore"] == ".provision/\n"
    assert "tenant: acme" in french["tenants/README.md"]
    assert scaffold.files("demo", None, "en")["README.md"].startswith("# demo\n\nThe documents of an estate")
