from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from samples import ENGLISH, FRENCH

from provision.declare import Said, promises
from provision.declare.node import Layer
from provision.model.estate import Floor, Profile
from provision.model.origin import Origin
from provision.model.tenant import Values
from provision.report import explain
from provision.report import profile as report
from provision.report.look import Look
from provision.report.schemas import result

LINE = Origin("provision/profiles/strict/profile.yaml", 9)
STRICT = Profile(
    name="strict",
    version="1.2.0",
    title={"en": "Strict", "fr": "Strict (fr)"},
    extends="socle",
    assignable=True,
    values=Values(
        {
            "quotas": {"compute": {"cores": 40}},
            "hosts": {"isolation": "dedicated"},
            "exit": {},
            "services": {"required": ["key-manager"]},
        },
        {("quotas", "compute", "cores"): LINE, (): Origin("provision/profiles/strict/profile.yaml", 1)},
    ),
    floors=(Floor("hosts.isolation", "exactly", "dedicated", Origin("socle.yaml", 4), "socle"),),
    path=Path("strict/profile.yaml"),
    summary={"en": "For the careful.", "fr": "Pour les prudents."},
    why={
        "quotas.*.cores": {"en": "Enough.", "fr": "Assez."},
        "hosts": {"en": "Nobody else on the host.", "fr": "Personne d'autre sur l'hôte."},
    },
)
FLOOR = Profile(
    "socle",
    "1.0.0",
    {"en": "Floor", "fr": "Socle"},
    None,
    False,
    Values({}, {}),
    (),
    Path("socle/profile.yaml"),
)


@pytest.fixture(autouse=True)
def only_quotas_are_enforced(monkeypatch):
    monkeypatch.setattr(
        promises, "enforced", lambda path: ("compute_quota",) if path.startswith("quotas") else ()
    )


def test_a_profile_reads_from_its_purpose_to_what_is_enforced():
    assert report.text(STRICT, ENGLISH) == (
        "strict 1.2.0: Strict\n"
        "For the careful.\n"
        "extends socle\n"
        "\n"
        "Floors: what no tenant and no profile below may weaken\n"
        "  hosts.isolation  exactly dedicated  (socle.yaml:4)\n"
        "\n"
        "quotas\n"
        "  ● quotas.compute.cores  40  (compute_quota)\n"
        "      Enough.\n"
        "\n"
        "hosts\n"
        "  hosts: Nobody else on the host.\n"
        "  ○ hosts.isolation  dedicated\n"
        "\n"
        "exit\n"
        "  ○ exit  {}\n"
        "\n"
        "services\n"
        "  ● services.required  [key-manager]  (plan)\n"
        "\n"
        "● carried into the cloud by what is named beside it: 2\n"
        "○ recorded (checked in documents, shown), enforced by nothing yet: 2\n"
    )


def test_verbose_says_where_each_value_was_written():
    assert f"40  (compute_quota, {LINE})" in report.text(STRICT, Look("en", verbose=True))


def test_it_reads_in_french_too():
    text = report.text(STRICT, FRENCH)
    for words in ("Pour les prudents.", "exactement dedicated", "Assez.", "appliqué par rien encore : 2"):
        assert words in text


def test_the_list_says_which_ones_a_tenant_can_take():
    assert report.listing_text([STRICT, FLOOR], ENGLISH).splitlines() == [
        "strict  Strict  1.2.0  extends socle",
        "socle   Floor   1.0.0  a floor for others: no tenant can take it",
    ]
    assert report.listing_text([], ENGLISH) == ""


def test_json_of_both_is_as_its_schema_says():
    Draft202012Validator(result("profile-show")).validate(json.loads(json.dumps(report.data(STRICT, "fr"))))
    Draft202012Validator(result("profile-list")).validate(report.listing_data([STRICT, FLOOR], "en"))
    assert report.data(STRICT, "en")["values"][0] == {
        "path": "quotas.compute.cores",
        "value": 40,
        "origin": str(LINE),
        "enforced_by": ["compute_quota"],
        "why": "Enough.",
    }


SAID = (
    Said(Layer("tenant", "acme"), Origin("tenants/acme.yaml", 4), 48),
    Said(Layer("profile", "strict"), LINE, 40),
    Said(Layer("estate", "estate"), Origin("estate.yaml", 12), {"compute": {"cores": 1}}),
)


def test_an_explanation_goes_from_the_layer_in_force_to_the_weakest():
    assert explain.text("acme", "quotas.compute.cores", SAID, ENGLISH) == (
        "acme: quotas.compute.cores = 48\n"
        "→ tenant acme             48               (tenants/acme.yaml:4)\n"
        f"  profile strict          40               ({LINE})\n"
        "  defaults of the estate  {compute.cores}  (estate.yaml:12)\n"
    )
    assert "  profil strict" in explain.text("acme", "quotas.compute.cores", SAID, FRENCH)


def test_json_of_an_explanation_is_as_its_schema_says():
    data = explain.data("acme", "quotas.compute.cores", SAID)
    Draft202012Validator(result("profile-explain")).validate(data)
    assert data["layers"][1] == {"layer": "profile", "name": "strict", "value": 40, "origin": str(LINE)}
