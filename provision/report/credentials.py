"""Application credentials, for a person and for a program; a secret is in neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provision.text import Text, render, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provision.model.credential import Credential, Held, Issued
    from provision.report.look import Look
    from provision.text import Language


def issued_text(issued: Issued, look: Look) -> str:
    """Return what was made, and how to use it."""
    made = issued.credential
    lines = [
        *_lines(made, look),
        look.words(
            say(
                "Written to {path}, for your eyes only; use it with OS_CLIENT_CONFIG_FILE={path} OS_CLOUD={name}",
                "Écrit dans {path}, pour vos seuls yeux ; s'en servir avec OS_CLIENT_CONFIG_FILE={path} OS_CLOUD={name}",
                path=issued.path,
                name=made.name,
            )
        ),
    ]
    return "\n".join(lines) + "\n"


def issued_data(issued: Issued) -> dict[str, Any]:
    """Return what was made as JSON has it (schema ``credential-create``)."""
    return {**_data(issued.credential), "file": str(issued.path)}


def held_text(held: Sequence[Held], look: Look) -> str:
    """Return what the user has, each with what is wrong with it."""
    if not held:
        return look.words(say("No application credential.", "Aucun identifiant d'application.")) + "\n"
    lines = [line for each in held for line in _held(each, look)]
    return "\n".join(lines) + "\n"


def _held(held: Held, look: Look) -> Iterator[str]:
    yield from _lines(held.credential, look)
    for fault in held.faults:
        yield f"  {look.paint('bad', '✗')} {look.words(fault)}"


def held_data(held: Sequence[Held], language: Language) -> list[dict[str, Any]]:
    """Return what the user has as JSON has it (schema ``credential-list``)."""
    return [
        {**_data(each.credential), "faults": [render(fault, language) for fault in each.faults]}
        for each in held
    ]


def revoked_text(credential: Credential, look: Look) -> str:
    """Say that one is gone."""
    gone = say("{name} is revoked, at once.", "{name} est révoqué, dès maintenant.", name=credential.name)
    return look.words(gone) + "\n"


def revoked_data(credential: Credential) -> dict[str, Any]:
    """Return what is gone as JSON has it (schema ``credential-revoke``)."""
    return _data(credential)


def _lines(credential: Credential, look: Look) -> Iterator[str]:
    yield f"{look.paint('name', credential.name)}  {look.words(_until(credential))}"
    yield f"  {', '.join(credential.roles)}"
    for rule in credential.rules or ():
        yield f"  {look.paint('quiet', str(rule))}"


def _until(credential: Credential) -> Text:
    if credential.expires is None:
        return say("never expires", "n'expire jamais")
    return say("until {day}", "jusqu'au {day}", day=credential.expires.date().isoformat())


def _data(credential: Credential) -> dict[str, Any]:
    rules = credential.rules
    return {
        "name": credential.name,
        "id": credential.id,
        "project": credential.project,
        "roles": list(credential.roles),
        "expires": credential.expires.isoformat() if credential.expires else None,
        "unrestricted": credential.unrestricted,
        "rules": None
        if rules is None
        else [{"service": each.service, "method": each.method, "path": each.path} for each in rules],
    }
