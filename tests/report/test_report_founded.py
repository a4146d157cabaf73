from __future__ import annotations

from pathlib import Path

from jsonschema import Draft202012Validator
from samples import ENGLISH, FRENCH

from provision.errors import Unreachable
from provision.model.facts import Facts, Flavor, Pool, VolumeType
from provision.report import founded as report
from provision.report.schemas import result
from provision.text import say
from provision.workflow import Founded

FACTS = Facts(
    "sandbox",
    "fr-par",
    "Default",
    ("public",),
    (Pool("v4", "ipv4", 24), Pool("v6", "ipv6", 64)),
    (Flavor("std.small", public=False),),
    (VolumeType("luks", encrypted=True),),
)


def founded(facts=None, silence=None, kept=()):
    return Founded(Path("here"), "demo", ("estate.yaml",), kept, facts, silence)


def test_what_was_written_found_and_next():
    text = report.text(founded(FACTS, kept=("README.md",)), ENGLISH)
    assert text == (
        "✓ Estate demo made in here\n"
        "  + estate.yaml\n"
        "  · README.md (was there, left as it is)\n"
        "\n"
        "The cloud was asked: 1 external network, 2 pools, 1 flavour, 1 volume type.\n"
        "Read estate.yaml through: roles are guesses.\n"
        "\n"
        "Next: two lines in here/tenants/acme.yaml (tenant: acme, profile: startup), then\n"
        "  provision plan --estate here\n"
    )


def test_a_cloud_that_is_silent_is_said_to_be():
    silence = Unreachable(say("no answer", "pas de réponse"), where="sandbox")
    text = report.text(founded(silence=silence), FRENCH)
    assert "sandbox: pas de réponse\n" in text
    assert "valeurs en commentaire, à compléter" in text
    assert "No cloud was asked" in report.text(founded(), ENGLISH)


def test_json_is_as_its_schema_says():
    schema = Draft202012Validator(result("init"))
    schema.validate(report.data(founded(FACTS), "en"))
    silent = report.data(founded(silence=Unreachable("no answer")), "en")
    schema.validate(silent)
    assert (silent["cloud"], silent["silence"]) == (None, "no answer")
