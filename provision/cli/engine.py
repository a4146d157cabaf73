"""Where apply makes the steps: in threads of this process, or on a Dask cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from provision.cli.shape import Option
from provision.errors import UsageError
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Callable

Body = TypeVar("Body", bound="Callable[..., Any]")
THREADS, DASK = "threads", "dask"


def engine(body: Body) -> Body:
    """Give a command the options --engine and --scheduler."""
    return _ENGINE(_SCHEDULER(body))


_ENGINE = click.option(
    "--engine",
    cls=Option,
    type=click.Choice([THREADS, DASK]),
    default=THREADS,
    text=say(
        "In threads of this process, or one tenant a task on a Dask cluster (docs/cluster.md) [threads].",
        "Dans des threads de ce processus, ou un locataire par tâche sur un cluster Dask (docs/cluster.md) [threads].",
    ),
)
_SCHEDULER = click.option(
    "--scheduler",
    cls=Option,
    default=None,
    value=say("ADDRESS", "ADRESSE"),
    text=say(
        "The cluster's scheduler, tls://host:port; --workers then counts tenants.",
        "Le scheduler du cluster, tls://hôte:port ; --workers compte alors des locataires.",
    ),
)


def taken_from(asked: dict[str, Any]) -> str | None:
    """Take the options out of what was asked; return the scheduler's address, or None. Raises `UsageError`."""
    name, scheduler = asked.pop("engine"), asked.pop("scheduler")
    if (name == DASK) is (scheduler is not None):
        return str(scheduler) if scheduler else None
    raise UsageError(
        say(
            "--engine dask and --scheduler go together",
            "--engine dask et --scheduler vont ensemble",
        ),
        where="apply",
        do=say(
            "write --engine dask --scheduler tls://host:port",
            "écrire --engine dask --scheduler tls://hôte:port",
        ),
    )
