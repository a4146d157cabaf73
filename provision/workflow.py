"""One function a verb, each a page of prose: what `provision` does, and in what order."""

from __future__ import annotations

import difflib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from provision import audit as auditing
from provision import declare, proof, publish, who, whole
from provision import plan as planning
from provision.apply.campaign import Campaign, Planner, Wave
from provision.apply.cluster import Cluster, gathered
from provision.apply.journal import Journal, alone
from provision.apply.lease import leased
from provision.apply.signals import stop_asked
from provision.apply.spread import Spread
from provision.apply.walk import Walker
from provision.cloud.connect import CLOUD_VARIABLES, Cloud, connect
from provision.cloud.others import project_of
from provision.declare import examples, scaffold
from provision.declare.specimen import specimen
from provision.draft import Draft, foresee, look
from provision.errors import CloudError, Forbidden, NotFound, ProvisionError, Refused, UsageError
from provision.keyring import Ring
from provision.model.applied import Applied, Requests
from provision.model.book import Book
from provision.model.event import Listener, Noted, ignore
from provision.model.finding import Access, Audited, Finding
from provision.model.key import KeyPolicy
from provision.model.proof import Proven, Subject
from provision.model.rollout import Rollout
from provision.observe.facts import facts as observe_facts
from provision.plan import file as plan_file
from provision.proof.evidence import save as save_evidence
from provision.publish import Published
from provision.record import facts as record
from provision.record.anchor import anchor as anchor_ledger
from provision.record.anchor import certificate
from provision.record.events import FORMATS
from provision.record.examine import examine as examine_ledger
from provision.record.examine import read as read_ledger
from provision.record.examine import worth
from provision.record.keeper import Keeper, keeper
from provision.record.key import public
from provision.record.ledger import FOLDER
from provision.text import say
from provision.welcome import welcome

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from provision.cloud.api import Api
    from provision.model.estate import Estate, Profile
    from provision.model.facts import Facts
    from provision.model.outcome import Status
    from provision.model.plan import Plan
    from provision.model.sign_in import HandedOver
    from provision.model.tenant import Tenant
    from provision.record.anchor import Anchor
    from provision.record.examine import Examined, Reading
    from provision.text import Language

WORKERS: Final = 16
STATE: Final = ".provision"
ESTATE_FILE: Final = "estate.yaml"

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
    keeper: Keeper | None = None


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
    with _connected(question) as (estate, tenants, cloud):
        ahead = foresee(cloud, tenants)
        asking = _everybody(estate, tenants)
        made = Draft.looking(cloud, asking, question.options, on_event, ahead).whole(asking)
        book = keeper(estate, on_event)
        book.note(record.planned(made))
        return Planned(made, question.options, cloud.requests(), time.monotonic() - started, book)


def save(planned: Planned, path: Path) -> None:
    """Keep a plan for `apply`."""
    plan_file.save(planned.plan, planned.options, path)
    if planned.keeper:
        planned.keeper.note(record.saved(planned.plan))


def apply(  # noqa: PLR0913 (each says one thing about how to write)
    question: Question,
    *,
    saved: Path | None = None,
    confirm: Confirm | None = None,
    rollout: Rollout = Rollout(),  # noqa: B008 (frozen)
    scheduler: str | None = None,
    whole: bool = True,
    on_event: Listener = ignore,
) -> Applied:
    """Plan, ask where somebody is to `confirm`, and walk the plan's graph wave by wave, as `rollout` says.

    With `saved`, only when the plan made now is the one that was saved. With a `scheduler` (its address), the steps are
    made on its Dask cluster. Unless the `whole` plan is asked for in the end, of what was planned and done only what is left
    to say something about is kept. Raises `StalePlan` when documents or cloud moved since, `Refused` when another apply
    holds the estate, here or on another machine, `ClusterError` when the cluster does not answer.
    """
    started = time.monotonic()
    kept = plan_file.load(saved) if saved else None
    if kept:
        question = replace(
            question, tenants=kept.tenants, cloud=question.cloud or kept.cloud, options=kept.options
        )
    with (
        gathered(scheduler) if scheduler else nullcontext() as crew,
        _connected(question) as (estate, tenants, cloud),
        nullcontext(foresee(cloud, tenants)) as ahead,
        _held(estate, cloud, on_event),
    ):
        asking = _everybody(estate, tenants)
        draft = Draft.looking(cloud, asking, question.options, on_event, ahead)
        book, approval = keeper(estate, on_event), record.approval(kept)
        planner: Planner = draft.plan
        if kept or confirm:
            made = draft.whole(asking)
            if kept:
                plan_file.refuse_when_stale(kept, made)
            if confirm and made.steps and not confirm(made):
                book.note(record.declined(made))
                return Applied(made, (), cloud.requests(), time.monotonic() - started, declined=True)
            planner = partial(_part, made)
            approval = record.approval(kept, made)
        with (
            closing(Journal(estate.directory / STATE)) as journal,
            book.run(cloud.name, [tenant.key for tenant in tenants], approval) as run,
            stop_asked(cloud.hurry) as stop,
        ):
            walker = Walker(cloud, question.workers, on_event, stop.is_set)
            campaign = Campaign(walker if crew is None else _spread(walker, crew), journal, rollout)
            ends: Counter[Status] = Counter()

            def keep(wave: Wave) -> Wave:
                ends.update(each.status for each in wave.outcomes)
                run.wave(wave.plan, wave.outcomes, wave.undone)
                return wave if whole else wave.told()

            waves = list(map(keep, campaign.run(asking, planner)))
            run.more |= {"halted": campaign.halted and str(campaign.halted), "unbegun": len(campaign.unbegun)}
        return Applied(
            planning.join(cloud.name, [wave.plan for wave in waves] or [draft.plan(())]),
            tuple(outcome for wave in waves for outcome in wave.outcomes),
            cloud.requests(),
            time.monotonic() - started,
            ends=ends,
            undone=tuple(outcome for wave in waves for outcome in wave.undone),
            halted=campaign.halted,
            unbegun=campaign.unbegun,
        )


@contextmanager
def _held(estate: Estate, cloud: Cloud, on_event: Listener) -> Iterator[None]:
    """Keep every other apply off an estate: on this machine by a lock, elsewhere by a lease in the cloud."""
    domain = str(estate.values.get("domain", "Default"))
    with alone(estate.directory / STATE), leased(cloud, domain, on_event):
        yield


def _spread(walker: Walker, crew: Cluster) -> Walker:
    asked = walker.stop
    return Spread(walker.cloud, walker.workers, walker.on_event, lambda: asked() or crew.lost(), crew)


def _part(made: Plan, tenants: Sequence[Tenant]) -> Plan:
    return planning.part(made, {tenant.key for tenant in tenants})


def prove(
    question: Question, on_event: Listener = ignore, seal: Callable[[Proven], str] | None = None
) -> Proven:
    """Put the promises of tenants that are on the cloud to the test, as the tenants themselves, their neighbour and anybody.

    Asked to stop (Ctrl-C, SIGTERM), what is in flight is ended and cleaned up, and what was not tried says so. `seal` is the
    digest of the evidence as it is shown, for the ledger.
    """
    started, now = time.monotonic(), datetime.now(UTC)
    with _connected(question) as (estate, tenants, cloud):
        look(cloud, tenants, on_event)
        with cloud.writing(), stop_asked(_nothing) as stop:
            proofs = proof.prove(cloud, tenants, stop.is_set, on_event)
        proven = Proven(
            estate.name,
            cloud.name,
            now.isoformat(timespec="seconds"),
            who.runs(),
            tuple(
                Subject(each.key, each.profile, each.profile_version, cloud.ids.project(each.key) or "")
                for each in tenants
            ),
            proofs,
            time.monotonic() - started,
        )
        keeper(estate, on_event).note(record.proven(proven, seal and seal(proven)))
        return proven


def ledger(directory: Path) -> Reading:
    """Read an estate's ledger, whatever state it or the documents are in."""
    return read_ledger(directory / STATE / FOLDER)


def events(directory: Path, shape: str, since: str) -> list[dict[str, Any]]:
    """Return the entries from a time on as events of a ``cadf`` or ``ocsf`` shape."""
    entries = [line.entry for line in ledger(directory).lines if line.entry]
    name = str(entries[0].about.get("ledger")) if entries else ""
    return [FORMATS[shape](name, each) for each in entries if each.time >= since]


def examine(
    directory: Path, keys: Sequence[Path] = (), kept: Sequence[Path] = (), authority: Path | None = None
) -> Examined:
    """Verify an estate's ledger, by public keys in PEM files where some are named, against checkpoints `kept` elsewhere.

    Its time stamps are looked at where the certificate of their `authority` is named.
    """
    given = {found.keyid: found for found in map(public, keys)}
    lines = [line for path in kept for line in path.read_bytes().splitlines() if line]
    return examine_ledger(directory / STATE, given, lines, certificate(authority) if authority else None)


def anchor(directory: Path, url: str, authority: Path) -> Anchor:
    """Have an estate's ledger dated by a time-stamping authority, whose certificate is in a PEM file."""
    return anchor_ledger(directory / STATE, url, certificate(authority))


def audit(question: Question, on_event: Listener = ignore) -> Audited:
    """Judge tenants by what the cloud has, over a session that cannot write; what may not be read is said, not guessed."""
    started = time.monotonic()
    with _connected(question) as (estate, tenants, cloud):
        eyes = auditing.Eyes.open(cloud, tenants, on_event, _book(estate, on_event))

        tiers = {each.key: auditing.tier(each.profile, estate.profiles) for each in tenants}

        def judged(tenant: Tenant) -> tuple[Finding, ...]:
            return auditing.live(eyes, tenant, tiers[tenant.key])

        # Threads of their own: sources ask `Cloud.each`, which would wait for these in its pool.
        with ThreadPoolExecutor(question.workers, "audit") as pool:
            findings = tuple(chain.from_iterable(pool.map(judged, tenants)))
        audited = Audited(
            cloud.name,
            *_signed(),
            {each.key: (each.profile, each.profile_version) for each in tenants},
            findings,
            eyes.unseen(),
            *eyes.coverage(),
            cloud.requests(),
            time.monotonic() - started,
            tuple(chain.from_iterable(_access(eyes, tenant) for tenant in tenants)),
            tiers=tiers,
            topologies={
                each.key: auditing.topology.found(eyes, each) for each in tenants if not each.retired
            },
        )
        keeper(estate, on_event).note(record.audited(audited))
        return audited


def _access(eyes: auditing.Eyes, tenant: Tenant) -> tuple[Access, ...]:
    """Return who can do what with a tenant; of one that is not there, or where that may not be read, nothing."""
    with suppress(CloudError):
        return auditing.accesses(eyes, tenant)
    return ()


def _book(estate: Estate, on_event: Listener) -> Book:
    """Return what the estate's ledger is worth; its stamps are looked at where documents name their authority."""
    return worth(examine_ledger(estate.directory / STATE, authority=_authority(estate, on_event)))


def _authority(estate: Estate, on_event: Listener) -> Certificate | None:
    """Return the certificate that documents name, or tell a person why not: nothing is dated then."""
    named = estate.values.get("ledger.tsa_certificate")
    try:
        return certificate(estate.directory / named) if named else None
    except UsageError as error:
        on_event(Noted(say("no time stamp is looked at: {error}", "aucun horodatage n'est regardé : {error}", error=error)))  # fmt: skip
        return None


def audit_profiles(names: Sequence[str], profiles: Mapping[str, Profile], folder: Path | None) -> Audited:
    """Judge profiles by the tenants that they would make; no cloud is asked."""
    started = time.monotonic()
    tiers = {name: auditing.tier(name, profiles) for name in names}
    made_up = {name: specimen(name, folder) for name in tiers}
    findings = chain.from_iterable(
        auditing.template(tenant, tiers[name], name) for name, tenant in made_up.items()
    )
    return Audited(
        "",
        *_signed(),
        {name: (name, profiles[name].version) for name in names},
        tuple(findings),
        seconds=time.monotonic() - started,
        tiers=tiers,
        topologies={name: auditing.topology.promised(tenant) for name, tenant in made_up.items()},
    )


def _signed() -> tuple[str, str]:
    """Return when something is made (UTC), and by whom."""
    return datetime.now(UTC).isoformat(timespec="seconds"), who.runs()


def publish_files(container: str, files: Sequence[Path], *, cloud: str | None) -> Published:
    """Put files into a public container of our own project, and renew its catalogue; takes no estate and no admin.

    Raises `Refused` for a container that does not say what the law asks for: nothing is written then.
    """
    with _own_account(cloud) as (connected, account), connected.writing():
        publish.refuse_unlawful(account, container)
        done = tuple(publish.publish(account, container, file) for file in files)
        made = publish.catalogue(connected, account)
        return Published(made, done, written=publish.keep(account, made))


def catalogue(question: Question, tenant: str | None, *, kept: bool) -> Published:
    """Make the catalogue of what a tenant publishes (none named: our own project), and publish it where it is to be `kept`."""
    with _account_of(question, tenant) as (cloud, account):
        made = publish.catalogue(cloud, account)
        if not kept:
            return Published(made)
        with cloud.writing():
            return Published(made, written=publish.keep(account, made))


@contextmanager
def _account_of(question: Question, tenant: str | None) -> Iterator[tuple[Cloud, Api]]:
    if tenant is None:
        with _own_account(question.cloud) as own:
            yield own
        return
    with _connected(replace(question, tenants=(tenant,))) as (_, _, cloud):
        yield cloud, cloud.account(project_of(cloud, tenant))


@contextmanager
def _own_account(cloud: str | None) -> Iterator[tuple[Cloud, Api]]:
    """Yield the cloud and the account of the project that our credentials are of. Raises `UsageError` for those of none."""
    with closing(connect(cloud, estate="")) as connected:
        if connected.project is None:
            raise UsageError(
                say("these credentials are of no project", "ces identifiants ne sont d'aucun projet"),
                where=connected.name,
                do=say(
                    "name the project in clouds.yaml, or OS_PROJECT_NAME",
                    "nommer le projet dans clouds.yaml, ou OS_PROJECT_NAME",
                ),
            )
        yield connected, connected.account(connected.project)


def _nothing() -> None:
    """Do nothing more when asked to stop: what cleans up may still be asked again."""


def keep_files(files: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """Keep files in a folder (made when it is not there), for their owner's eyes only; return their names."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            say("this is no folder: {why}", "ceci n'est pas un dossier : {why}", why=error.strerror),
            where=str(folder),
        ) from error
    for name, text in files.items():
        whole.write(folder / name, text)
    return tuple(files)


def keep(evidence: Mapping[str, object], path: Path) -> None:
    """Keep evidence, whole or not at all, for its owner's eyes only."""
    save_evidence(evidence, path)


def issue_account(question: Question, account: str, path: Path, *, again: str | None = None) -> HandedOver:
    """Hand the first sign-in of an account of the one tenant asked about over, in a file; `again` is why another time.

    Raises `Refused`, `UsageError`, and `ProvisionError` where it cannot be recorded: nothing opens the account then.
    """
    with _connected(question) as (estate, (tenant,), cloud):
        book = keeper(estate, ignore).ledger

        def note(done: HandedOver) -> None:
            book.add([record.issued(cloud.name, done)])

        return welcome(cloud, tenant, account, path, again=again, note=note)


@contextmanager
def key_ring(question: Question, *, writing: bool = False) -> Iterator[Ring]:
    """Yield the keys of the one tenant asked about, for somebody who works in its project.

    Raises `Refused` for credentials of another project: a ring is the tenant's, and no operator's errand.
    """
    with _connected(question) as (_, (tenant,), cloud):
        _works_in(cloud, tenant)
        with cloud.writing() if writing else nullcontext():
            yield Ring(cloud, tenant.key, KeyPolicy.of(tenant))


def _works_in(cloud: Cloud, tenant: Tenant) -> None:
    """Raise `Refused` unless the credentials are of a tenant's project, as that says itself."""
    try:
        project = cloud.identity.get(f"/projects/{cloud.project}")["project"]
    except (Forbidden, NotFound):
        project = {"name": cloud.project, "tags": ()}
    if cloud.owner.tenant(list(project["tags"])) != tenant.key:
        raise Refused(
            say(
                "these credentials work in the project {project}, which is not that of {tenant}",
                "ces identifiants travaillent dans le projet {project}, qui n'est pas celui de {tenant}",
                project=project["name"],
                tenant=tenant.key,
            ),
            where=cloud.name,
            do=say(
                "take those of a member of the tenant, scoped to its project, with --cloud or OS_* variables",
                "prendre ceux d'un membre du locataire, dans son projet, par --cloud ou les variables OS_*",
            ),
        )


@contextmanager
def _connected(question: Question) -> Iterator[tuple[Estate, list[Tenant], Cloud]]:
    """Yield the estate, the tenants asked about, and the cloud; nothing is sent before the documents are in order."""
    estate = declare.load(question.directory)
    tenants = _chosen(estate, question.tenants)
    with closing(
        connect(question.cloud, fallback=estate.cloud, estate=estate.owner, workers=question.workers)
    ) as cloud:
        yield estate, tenants, cloud


def _everybody(estate: Estate, tenants: list[Tenant]) -> list[Tenant]:
    """Return tenants and, after them, the estate itself: what is everybody's is planned whoever is asked about."""
    return [*tenants, estate.itself] if estate.itself else tenants


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
