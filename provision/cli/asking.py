"""What plan and apply are asked about: the tenants, and what the person explicitly allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from provision.cli import settings
from provision.cli.shape import Argument, Option
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from provision.workflow import Question

Body = TypeVar("Body", bound="Callable[..., Any]")
MOST_WORKERS = 256


def questions(body: Body) -> Body:
    """Give a command the arguments of a question: TENANT…, --adopt, --replace, --workers."""
    for add in reversed((TENANTS, _ADOPT, _REPLACE, _WORKERS)):
        body = add(body)
    return body


TENANTS = click.argument(
    "tenants",
    cls=Argument,
    nargs=-1,
    label=say("TENANT", "TENANT"),
    text=say(
        "Only these tenants; none named means all.", "Seulement ces locataires ; aucun nommé veut dire tous."
    ),
)
_ADOPT = click.option(
    "--adopt",
    cls=Option,
    multiple=True,
    value=say("ADDRESS", "ADRESSE"),
    text=say(
        "Take over this resource (kind/tenant/name), which is there and is not ours. Repeatable.",
        "Reprendre cette ressource (sorte/locataire/nom), qui existe et n'est pas à nous. Répétable.",
    ),
)
_REPLACE = click.option(
    "--replace",
    cls=Option,
    multiple=True,
    value=say("ADDRESS", "ADRESSE"),
    text=say(
        "Allow this resource to be destroyed and made anew. Repeatable.",
        "Permettre de détruire et refaire cette ressource. Répétable.",
    ),
)
_WORKERS = click.option(
    "--workers",
    cls=Option,
    type=click.IntRange(1, MOST_WORKERS),
    default=16,
    value="N",
    text=say("At most this many requests at a time [16].", "Au plus autant de requêtes à la fois [16]."),
)


def question(tenants: Sequence[str], adopt: Sequence[str], replace: Sequence[str], workers: int) -> Question:
    """Return what the workflow is asked. Raises `UsageError` for a malformed address or when there is no estate."""
    from provision.model.address import Address  # noqa: PLC0415 (help needs none of it)
    from provision.plan import Options  # noqa: PLC0415
    from provision.workflow import Question  # noqa: PLC0415

    told = settings.told()
    options = Options(frozenset(map(Address.parse, adopt)), frozenset(map(Address.parse, replace)))
    return Question(told.estate, tuple(tenants), told.cloud, options, workers)
