"""A first sign-in that was handed over, for a person and for a program; what opens the account is in neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provision.text import say

if TYPE_CHECKING:
    from provision.model.sign_in import HandedOver
    from provision.report.look import Look


def text(done: HandedOver, look: Look) -> str:
    """Say where it is, and what is still to be done."""
    what = (
        say("a password and a second factor", "un mot de passe et un second facteur")
        if done.several_methods
        else say("a password", "un mot de passe")
    )
    change = (
        say(
            "Keystone takes the password for nothing but to be changed.",
            "Keystone n'accepte ce mot de passe que pour le changer.",
        )
        if done.must_change
        else say(
            "Keystone does not ask for the password to be changed (change_password_upon_first_use): see that it is.",
            "Keystone ne demande pas de changer le mot de passe (change_password_upon_first_use) : y veiller.",
        )
    )
    lines = [
        f"{look.paint('name', done.account)}  {look.words(what)}",
        look.words(
            say(
                "Written to {path}, for one reader: hand it over where nobody else reads, then destroy it.",
                "Écrit dans {path}, pour un seul lecteur : le remettre à l'abri des regards, puis le détruire.",
                path=done.path,
            )
        ),
        look.words(change),
    ]
    return "\n".join(lines) + "\n"


def data(done: HandedOver) -> dict[str, Any]:
    """Return it as JSON has it (schema ``account-issue``)."""
    return {
        "tenant": done.tenant,
        "account": done.account,
        "file": str(done.path),
        "several_methods": done.several_methods,
        "must_change": done.must_change,
        "again": done.again,
    }
