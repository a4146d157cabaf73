"""How apply goes through many tenants: waves, canaries, failure budget, taking back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from provision.cli.shape import Option
from provision.model.rollout import WAVE, Budget, Rollout
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Callable

Body = TypeVar("Body", bound="Callable[..., Any]")
MOST = 100_000


def rollout(body: Body) -> Body:
    """Give a command the options of a rollout: --canary, --wave, --max-failures, --rollback."""
    for add in reversed((_CANARY, _IN_WAVES, _MAX_FAILURES, _ROLLBACK)):
        body = add(body)
    return body


_CANARY = click.option(
    "--canary",
    cls=Option,
    type=click.IntRange(0, MOST),
    default=0,
    value="N",
    text=say(
        "So many tenants first; unless all of them come whole, no other is begun.",
        "D'abord autant de locataires ; si l'un d'eux échoue, aucun autre n'est commencé.",
    ),
)
_IN_WAVES = click.option(
    "--wave",
    cls=Option,
    type=click.IntRange(1, MOST),
    default=WAVE,
    value="N",
    text=say(
        "So many tenants at a time; what no answer showed is looked at after each wave [500].",
        "Autant de locataires à la fois ; ce qu'aucune réponse n'a montré est relu après chaque vague [500].",
    ),
)
_MAX_FAILURES = click.option(
    "--max-failures",
    cls=Option,
    default=None,
    value="N|N%",
    text=say(
        "Begin nothing more once more tenants failed than that [no limit].",
        "Ne plus rien commencer dès que plus de locataires ont échoué [sans limite].",
    ),
)
_ROLLBACK = click.option(
    "--rollback",
    cls=Option,
    is_flag=True,
    text=say(
        "Of a tenant that does not come whole, remove again what this run created, and nothing else.",
        "D'un locataire qui n'aboutit pas, retirer ce que cette exécution a créé, et rien d'autre.",
    ),
)


def taken_from(asked: dict[str, Any]) -> Rollout:
    """Take the options of a rollout out of what was asked. Raises `UsageError` for an unreadable --max-failures."""
    most = asked.pop("max_failures")
    return Rollout(
        canary=asked.pop("canary"),
        wave=asked.pop("wave"),
        budget=None if most is None else Budget.parse(most),
        rollback=asked.pop("rollback"),
    )
