"""What a verb is asked about, and the way to it: the estate's documents, the tenants, the cloud."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision import declare
from provision.cloud.connect import Cloud, connect
from provision.errors import UsageError
from provision.plan import Options
from provision.text import say

if TYPE_CHECKING:
    from provision.model.estate import Estate
    from provision.model.tenant import Tenant

WORKERS: Final = 16
STATE: Final = ".provision"


@dataclass(frozen=True, slots=True)
class Question:
    """What plan and apply are asked about: which estate, which tenants (none: all), which cloud, what is allowed."""

    directory: Path
    tenants: Sequence[str] = ()
    cloud: str | None = None
    options: Options = field(default_factory=Options)
    workers: int = WORKERS


@contextmanager
def connected(question: Question) -> Iterator[tuple[Estate, list[Tenant], Cloud]]:
    """Yield the estate, the tenants asked about, and the cloud; nothing is sent before the documents are in order."""
    estate = declare.load(question.directory)
    tenants = _chosen(estate, question.tenants)
    with closing(
        connect(question.cloud, fallback=estate.cloud, estate=estate.owner, workers=question.workers)
    ) as cloud:
        yield estate, tenants, cloud


def _chosen(estate: Estate, names: Sequence[str]) -> list[Tenant]:
    for name in names:
        if name not in estate.tenants:
            close = difflib.get_close_matches(name, estate.tenants, 1)
            raise UsageError(
                say(
                    "no document describes tenant {name!r}",
                    "aucun document ne décrit le locataire {name!r}",
                    name=name,
                ),
                where=str(estate.directory / "tenants"),
                do=say("did you mean {close}?", "vouliez-vous dire {close} ?", close=close[0])
                if close
                else say("write tenants/{name}.yaml", "écrire tenants/{name}.yaml", name=name),
            )
    return [estate.tenants[key] for key in sorted(set(names) or estate.tenants)]
