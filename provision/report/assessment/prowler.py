"""The catalogue as a `universal` compliance framework of Prowler: the clauses of SecNumCloud to which controls contribute.

Under a clause stand Prowler's own checks for OpenStack of which this is true: what fails the check fails one of our controls.
A clause for which it has none is a manual requirement there, and says which controls of `provision audit` answer for it.
The file's name is the framework's, and the name of `--compliance`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision.report.audit import NOTICE
from provision.report.encode import as_json
from provision.text import render, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provision.model.finding import Audited, Control
    from provision.text import Language

NAME: Final = "secnumcloud_3.2_provision.json"
FRAMEWORK: Final = "SecNumCloud 3.2"
CHECKS: Final = {
    "TEN-CRY-01": ("blockstorage_volume_encryption_enabled",),
    "TEN-CRY-12": ("image_signature_verification_enabled",),
    "TEN-CRY-14": (
        "blockstorage_volume_metadata_sensitive_data",
        "compute_instance_metadata_sensitive_data",
        "objectstorage_container_metadata_sensitive_data",
    ),
    "TEN-DAT-03": (
        "objectstorage_container_acl_not_globally_shared",
        "objectstorage_container_listing_disabled",
        "objectstorage_container_public_read_acl_disabled",
        "objectstorage_container_write_acl_restricted",
    ),
    "TEN-DAT-05": ("image_not_publicly_visible",),
    "TEN-HA-03": ("blockstorage_volume_backup_exists",),
    "TEN-NET-01": (
        "networking_security_group_allows_rdp_from_internet",
        "networking_security_group_allows_ssh_from_internet",
    ),
    "TEN-NET-02": ("networking_security_group_allows_all_ingress_from_internet",),
    "TEN-NET-05": ("networking_port_security_disabled",),
}
_TITLE: Final = say(
    "SecNumCloud 3.2, tenants on OpenStack (provision)",
    "SecNumCloud 3.2, locataires sur OpenStack (provision)",
)
_LABELS: Final = {
    "Chapter": say("Chapter", "Chapitre"),
    "Controls": say("Controls of provision audit", "Contrôles de provision audit"),
    "OnlyProvision": say(
        "Controls for which Prowler has no check", "Contrôles pour lesquels Prowler n'a rien"
    ),
}


def write(audited: Audited, language: Language) -> str | None:
    """Return the framework; None where no control that was asked contributes to a clause."""
    controls = {each.control.id: each.control for each in audited.findings}
    requirements = _requirements([controls[each] for each in sorted(controls)], language)
    if not requirements:
        return None
    attributes = [{"key": key, "label": render(label, language), "required": True} for key, label in _LABELS.items()]  # fmt: skip
    name, _, version = FRAMEWORK.partition(" ")
    framework = {
        "framework": name,
        "name": render(_TITLE, language),
        "version": version,
        "description": render(NOTICE, language),
        "attributes_metadata": attributes,
        "outputs": {
            "table_config": {"group_by": "Chapter"},
            "pdf_config": {"language": language, "group_by_field": "Chapter"},
        },
        "requirements": requirements,
    }
    return as_json(framework)


def _requirements(controls: Iterable[Control], language: Language) -> list[dict[str, Any]]:
    by_clause: dict[str, dict[str, str]] = {}
    for control in controls:
        for each in control.clauses:
            if each.framework == FRAMEWORK:
                by_clause.setdefault(each.clause, {})[control.id] = render(each.reason, language)
    return [
        _requirement(clause, by_clause[clause], language) for clause in sorted(by_clause, key=_in_the_text)
    ]


def _requirement(clause: str, reasons: dict[str, str], language: Language) -> dict[str, Any]:
    chapter = say("Chapter {n}", "Chapitre {n}", n=clause.partition(".")[0])
    return {
        "id": clause,
        "name": f"{FRAMEWORK} {clause}",
        "description": "; ".join(dict.fromkeys(reasons.values())),
        "attributes": {
            "Chapter": render(chapter, language),
            "Controls": ", ".join(reasons),
            "OnlyProvision": ", ".join(each for each in reasons if each not in CHECKS) or "-",
        },
        "checks": {"openstack": [check for each in reasons for check in CHECKS.get(each, ())]},
    }


def _in_the_text(clause: str) -> tuple[tuple[int, ...], str]:
    """Return where a clause stands in the text: 9.5.b before 10.1.a, and 18.2.1.b after 18.2.a."""
    *numbers, letter = clause.split(".")
    return tuple(map(int, numbers)), letter
