"""One function a verb, each a page of prose: what `provision` does, and in what order."""

from __future__ import annotations

import difflib
import getpass
import os
import socket
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import provision.resources  # noqa: F401 (registers every kind)
from provision import declare, proof
from provision import plan as planning
from provision.apply.execute import execute
from provision.apply.journal import Journal, alone
from provision.apply.lease import leased
from provision.apply.perform import Performer
from provision.apply.signals import stop_asked
from provision.cloud.connect import CLOUD_VARIABLES, Cloud, connect
from provision.declare import examples, scaffold
from provision.errors import ProvisionError, Refused, UsageError
from provision.kind import Kind, Unmet, kinds
from provision.model.event import Listener, ignore
from provision.model.plan import Problem
from provision.observe import survey
from provision.observe.facts import facts as observe_facts
from provision.plan import file as plan_file
from provision.text import say

if TYPE_CHECKING:
    from provision.model.estate import Estate
    from provision.model.facts import Facts
    from provision.model.outcome import Outcome
    from provision.model.plan import Plan, Step
    from provision.model.proof import Proof
    from provision.model.resource import Desired
    from provision.model.tenant import Tenant
    from provision.text import Language

WORKERS: Final = 16
STATE: Final = ".provision"
ESTATE_FILE: Final = "estate.yaml"
DOUBT: Final = 600.0  # seconds for which a create that an earlier run did not see end may still show up

Requests = dict[str, dict[str, int]]
Confirm = Callable[["Plan"], bool]


@dataclass(frozen=True, slots=True)
class Question:
    """What plan and apply are asked about: which estate, which tenants (none: all), which cloud, what is allowed."""

    directory: Path
    tenants: Sequence[str] = ()
    cloud: str | None = None
    options: planning.Options = field(default_factory=planning.Options)
    workers: int = WORKERS


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what making it cost."""

    plan: Plan
    options: planning.Options
    requests: Requests
    seconds: float


@dataclass(frozen=True, slots=True)
class Applied:
    """A plan, what became of its steps, and what it all cost; `declined` when the person said no."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    requests: Requests
    seconds: float
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Founded:
    """A new estate: what was written, what was there already, and what its cloud said, or why it said nothing."""

    directory: Path
    name: str
    written: tuple[str, ...]
    kept: tuple[str, ...]
    facts: Facts | None
    silence: ProvisionError | None


def init(directory: Path, *, name: str | None, cloud: str | None, language: Language) -> Founded:
    """Make an estate's folder, from what its cloud offers when one is named and answers; overwrites nothing.

    Raises `Refused` for a folder that is an estate already, `UsageError` for a name or a folder that will not do.
    """
    if (directory / ESTATE_FILE).exists():
        raise Refused(
            say("this folder is an estate already", "ce dossier est déjà un parc"), where=str(directory)
        )
    estate = name or scaffold.name_from(directory.resolve().name)
    if not scaffold.NAME.fullmatch(estate):
        raise UsageError(
            say("{name!r} cannot name an estate", "{name!r} ne peut pas nommer un parc", name=estate),
            do=say("write [a-z][a-z0-9-]{{1,30}}", "écrire [a-z][a-z0-9-]{{1,30}}", name=estate),
        )
    facts, silence = _facts_of(cloud, estate)
    written, kept = _write(directory, scaffold.files(estate, facts, language))
    return Founded(directory, estate, written, kept, facts, silence)


def _facts_of(cloud: str | None, estate: str) -> tuple[Facts | None, ProvisionError | None]:
    if cloud is None and not CLOUD_VARIABLES & os.environ.keys():
        return None, None
    try:
        with closing(connect(cloud, estate=estate)) as connected:
            return observe_facts(connected), None
    except ProvisionError as error:
        return None, error


def _write(directory: Path, files: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write the files that are not there yet; return those written, and those that were there."""
    kept = tuple(path for path in files if (directory / path).exists())
    written = tuple(path for path in files if path not in kept)
    try:
        for path in written:
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_text(files[path], encoding="utf-8")
    except OSError as error:
        raise UsageError(
            say("this cannot be written: {why}", "ceci ne peut pas être écrit : {why}", why=error.strerror),
            where=str(error.filename),
        ) from error
    return written, kept


def write_examples(directory: Path, language: Language) -> tuple[Path, ...]:
    """Write the example tenants into an estate, leaving those that are there; return where they all are."""
    files = examples.tenants(language)
    _write(directory, files)
    return tuple(directory / name for name in files)


def plan(question: Question, on_event: Listener = ignore) -> Planned:
    """Compare documents and cloud, over a session that cannot write."""
    started = time.monotonic()
    with _connected(question) as (_, tenants, cloud):
        made = _plan(tenants, cloud, question.options, on_event)
        return Planned(made, question.options, cloud.requests(), time.monotonic() - started)


def save(planned: Planned, path: Path) -> None:
    """Keep a plan for `apply`."""
    plan_file.save(planned.plan, planned.options, path)


def apply(
    question: Question,
    *,
    saved: Path | None = None,
    confirm: Confirm = lambda _: True,
    on_event: Listener = ignore,
) -> Applied:
    """Plan, ask, and walk the plan's graph; with `saved`, only when the plan made now is the one that was saved.

    Raises `StalePlan` when documents or cloud moved since, `Refused` when another apply holds the estate, here or on
    another machine.
    """
    started = time.monotonic()
    kept = plan_file.load(saved) if saved else None
    if kept:
        question = Question(
            question.directory, kept.tenants, question.cloud or kept.cloud, kept.options, question.workers
        )
    with _connected(question) as (estate, tenants, cloud), alone(estate.directory / STATE):
        with leased(cloud, str(estate.values.get("domain", "Default")), on_event):
            made = _plan(tenants, cloud, question.options, on_event)
            if kept:
                plan_file.refuse_when_stale(kept, made)
            declined = bool(made.steps) and not confirm(made)
            outcomes = () if declined else _walk(estate, cloud, made, question.workers, on_event)
        return Applied(made, outcomes, cloud.requests(), time.monotonic() - started, declined)


def prove(question: Question, on_event: Listener = ignore) -> tuple[Proof, ...]:
    """Put the provable promises of tenants that are on the cloud to the test, as the tenants themselves and as anybody."""
    with _connected(question) as (_, tenants, cloud):
        survey(cloud, kinds(), frozenset(tenant.key for tenant in tenants), on_event)
        with cloud.writing():
            return tuple(each for tenant in tenants for each in proof.prove(cloud, tenant))


@contextmanager
def _connected(question: Question) -> Iterator[tuple[Estate, list[Tenant], Cloud]]:
    """Yield the estate, the tenants asked about, and the cloud; nothing is sent before the documents are in order."""
    estate = declare.load(question.directory)
    tenants = _chosen(estate, question.tenants)
    with closing(
        connect(question.cloud, fallback=estate.cloud, estate=estate.name, workers=question.workers)
    ) as cloud:
        yield estate, tenants, cloud


def _plan(tenants: Sequence[Tenant], cloud: Cloud, options: planning.Options, on_event: Listener) -> Plan:
    desired: list[Desired[Any]] = []
    problems: list[Problem] = []
    for tenant in tenants:
        wanted = declare.desired(tenant)
        desired.extend(wanted)
        problems.extend(_services_missing(tenant, wanted, cloud.services))
    live = survey(cloud, kinds(), frozenset(tenant.key for tenant in tenants), on_event)
    resolved = list(_resolved(cloud, desired, problems))
    return planning.make(
        kinds(),
        resolved,
        live,
        cloud=cloud.name,
        tenants=[tenant.key for tenant in tenants],
        options=options,
        problems=problems,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        made_by=f"{getpass.getuser()}@{socket.gethostname()}",
    )


def _chosen(estate: Estate, names: Sequence[str]) -> list[Tenant]:
    for name in names:
        if name not in estate.tenants:
            close = difflib.get_close_matches(name, estate.tenants, 1)
            raise UsageError(
                say(
                    "no document describes tenant {name!r}",
                    "aucun document ne décrit le tenant {name!r}",
                    name=name,
                ),
                where=str(estate.directory / "tenants"),
                do=say("did you mean {close}?", "vouliez-vous dire {close} ?", close=close[0])
                if close
                else say("write tenants/{name}.yaml", "écrire tenants/{name}.yaml", name=name),
            )
    return [estate.tenants[key] for key in sorted(set(names) or estate.tenants)]


def _services_missing(
    tenant: Tenant, desired: Sequence[Desired[Any]], present: Collection[str]
) -> Iterator[Problem]:
    """Fail closed: what a profile requires, or a resource lives in, must be in the catalogue before the first write."""
    if tenant.retired:
        return
    required = {
        service: str(tenant.values.origin("services.required"))
        for service in tenant.values.items("services.required")
    }
    for want in desired:
        required.setdefault(kinds()[want.address.kind].service, str(want.origin))
    for service, where in sorted(required.items()):
        if service not in present:
            yield Problem(
                tenant.key,
                where,
                say(
                    "this cloud has no {service} service, which {profile} requires",
                    "ce cloud n'a pas de service {service}, que {profile} exige",
                    service=service,
                    profile=tenant.profile,
                ),
                say(
                    "take another profile, or a cloud that has it",
                    "choisir un autre profil, ou un cloud qui l'offre",
                ),
            )


def _resolved(
    cloud: Cloud, desired: Sequence[Desired[Any]], problems: list[Problem]
) -> Iterator[Desired[Any]]:
    known: dict[str, Kind[Any]] = dict(kinds())
    for want in desired:
        kind = known[want.address.kind]
        if kind.service not in cloud.services:
            continue
        try:
            yield kind.resolve(cloud, want)
        except Unmet as unmet:
            problems.append(Problem(want.address.tenant, unmet.where, unmet.what, unmet.do))


def _walk(estate: Estate, cloud: Cloud, made: Plan, workers: int, on_event: Listener) -> tuple[Outcome, ...]:
    todo = {change.address: change for change in made.pending if change.blocked is None}
    with closing(Journal(estate.directory / STATE)) as journal:
        performer = Performer(cloud, kinds(), todo, journal.doubtful(cloud.name, time.time() - DOUBT))
        run = journal.begin(made)

        def perform(step: Step) -> Outcome:
            journal.intend(run, step)
            outcome = performer(step)
            journal.conclude(run, outcome)
            return outcome

        with ThreadPoolExecutor(workers, "apply") as executor, cloud.writing(), stop_asked() as stop:
            outcomes = execute(made, executor, perform, workers=workers, on_event=on_event, stop=stop.is_set)
        journal.end(run)
        return outcomes
