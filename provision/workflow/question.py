"""What a verb is asked about, and the way to it: the estate's documents, the tenants, the cloud."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import yaml

from provision.cloud.connect import Cloud, connect
from provision.cloud.shared import Shared
from provision.errors import ProvisionError, UsageError
from provision.plan import Options
from provision.text import say
from provision.workflow import EARLY

if TYPE_CHECKING:
    from provision.apply.lease import Hour
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
    begun: Begun | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A cloud that is asked already while the estate's documents are read; `fallback` is which one estate.yaml named.

    `door` is what a glance at the estate's lease will have seen, for who is going to write.
    """

    cloud: Cloud
    fallback: str | None
    estate: Future[Estate]
    door: Future[Hour | None] | None = None


OFFERS: Final[Mapping[str, Callable[[Shared], object]]] = {
    "domain": Shared.domains,
    "flavors": Shared.flavors,
    "volume_types": Shared.volume_types,
    "external_network": Shared.external_networks,
    "pools": Shared.subnet_pools,
}
"""What the operator offers to all, by the key under which an estate names what it takes of it."""


def begin(question: Question, *, writing: bool = False) -> Question:
    """Sign in, and read what the estate takes of the operator's offers, while its documents are still to be read.

    Who is going to be `writing` also glances at the estate's lease. The cloud would have nothing to do meanwhile. It is only
    read from, by threads that nobody waits for, and whatever goes wrong is told when the same is asked in earnest. The
    question that is returned is for one verb, which ends the connection.
    """
    glimpsed = _glimpse(question.directory)
    named = glimpsed.get("cloud")
    fallback = named if isinstance(named, str) else None
    coming: Future[Estate] = Future()
    try:
        cloud = connect(
            question.cloud,
            fallback=fallback,
            estate=lambda: coming.result().owner,
            workers=question.workers,
        )
    except ProvisionError:
        return question
    for ask in (Shared.roles, *(ask for key, ask in OFFERS.items() if key in glimpsed)):
        Thread(target=_quietly, args=(ask, cloud), name=EARLY, daemon=True).start()
    door = _glance(cloud, glimpsed) if writing else None
    return replace(question, begun=Begun(cloud, fallback, coming, door))


@contextmanager
def connected(question: Question) -> Iterator[tuple[Estate, list[Tenant], Cloud]]:
    """Yield the estate, the tenants asked about, and the cloud; what is wrong with documents is told before anything else."""
    from provision import declare  # noqa: PLC0415 (a third of the start: a cloud may be answering meanwhile)

    with closing(question.begun.cloud) if question.begun else nullcontext():
        estate = declare.load(question.directory)
        tenants = _chosen(estate, question.tenants)
        with _cloud_of(estate, question) as cloud:
            yield estate, tenants, cloud


def _cloud_of(estate: Estate, question: Question) -> AbstractContextManager[Cloud]:
    """Return the cloud that is asked already, unless estate.yaml named another one then."""
    begun = question.begun
    if begun and begun.fallback == estate.cloud:
        begun.estate.set_result(estate)
        return nullcontext(begun.cloud)
    return closing(
        connect(question.cloud, fallback=estate.cloud, estate=estate.owner, workers=question.workers)
    )


def _glimpse(directory: Path) -> Mapping[str, Any]:
    """Return what estate.yaml says, unchecked; nothing where it does not read."""
    with suppress(OSError, ValueError, yaml.YAMLError):
        found = yaml.safe_load((directory / "estate.yaml").read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    return {}


def _glance(cloud: Cloud, glimpsed: Mapping[str, Any]) -> Future[Hour | None]:
    """Begin to look whether somebody holds the estate; what goes wrong shows when it is looked at in earnest."""
    from provision.apply.lease import glance  # noqa: PLC0415 (who plans holds nothing)

    seen: Future[Hour | None] = Future()

    def look() -> None:
        hour = None
        with suppress(Exception):
            hour = glance(cloud, str(glimpsed["estate"]), str(glimpsed.get("domain", "Default")))
        seen.set_result(hour)

    Thread(target=look, name=EARLY, daemon=True).start()
    return seen


def _quietly(ask: Callable[[Shared], object], cloud: Cloud) -> None:
    with suppress(Exception):
        ask(cloud.shared)


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
