"""What an audit sees of a cloud: read once for all tenants, and what it may not read is known rather than guessed."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from provision.audit.control import checks
from provision.audit.source import sources
from provision.errors import CloudError, Forbidden, NotFound, ProvisionError, ServiceAbsent
from provision.kind import kinds
from provision.model.address import Address
from provision.model.book import Book
from provision.model.event import Listener, ignore
from provision.model.finding import Unseen
from provision.observe import survey
from provision.observe.membership import own_tenant
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.cloud.connect import Cloud
    from provision.model.resource import Live
    from provision.model.tenant import Tenant

T = TypeVar("T")
Body = Mapping[str, Any]
NO_BOOK: Final = Book()
FIRST: Final = ("domain", "project")


@dataclass(slots=True)
class Eyes:
    """A cloud as an auditor sees it; every list is asked for once.

    `refused` holds, by kind or list, the error that it was answered with; `book` is what our own ledger is worth.
    """

    cloud: Cloud
    found: Mapping[tuple[str, str], Sequence[Live[Any]]]
    refused: dict[str, CloudError]
    book: Book = NO_BOOK
    _kept: dict[str, Any] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(
        cls, cloud: Cloud, tenants: Sequence[Tenant], on_event: Listener = ignore, book: Book = NO_BOOK
    ) -> Eyes:
        """Look at every kind of resource of some tenants; one that is refused is noted, and the others are read on."""
        refused: dict[str, CloudError] = {}
        keys = frozenset(tenant.key for tenant in tenants)
        known = kinds()
        first = {name: known[name] for name in FIRST}
        lives = list(survey(cloud, first, keys, on_event, refused=refused))
        if "project" in refused:
            own_tenant(cloud, keys)
        rest = {name: kind for name, kind in known.items() if name not in FIRST}
        lives += survey(cloud, rest, keys, on_event, refused=refused)
        found: dict[tuple[str, str], list[Live[Any]]] = defaultdict(list)
        for live in lives:
            found[live.address.kind, live.address.tenant].append(live)
        return cls(cloud, found, refused, book)

    def lives(self, kind: str, tenant: str) -> Sequence[Live[Any]]:
        """Return what there is of a kind. Raises `CloudError` where it could not be read, `ServiceAbsent` without its service."""
        if kind in self.refused:
            raise self.refused[kind]
        self.cloud.api(kinds()[kind].service)
        self.project(tenant)
        return self.found.get((kind, tenant), ())

    def unseen(self) -> tuple[Unseen, ...]:
        """Return what could not be read, and why."""
        return tuple(Unseen(name, why(error)) for name, error in sorted(self.refused.items()))

    def coverage(self) -> tuple[int, tuple[str, ...]]:
        """Return how many resources were seen, and the addresses of those of a kind that no control judges."""
        known = sources()
        judged = {kind for check in checks() for kind in (check.over, *known[check.over].drawn_from)}
        there = [str(live.address) for lives in self.found.values() for live in lives]
        return len(there), tuple(sorted(each for each in there if each.split("/", 1)[0] not in judged))

    def project(self, tenant: str) -> str:
        """Return the id of a tenant's project. Raises `CloudError` when none is to be seen."""
        known = self.cloud.ids.project(tenant)
        if known is None:
            raise self.refused.get("project") or _nobody(tenant)
        return known

    def project_body(self, tenant: str) -> Body:
        """Return a tenant's project as Keystone shows it. Raises `CloudError` when none is to be seen."""
        project = self.project(tenant)
        for live in self.found.get(("project", tenant), ()):
            if live.id == project:
                return live.raw
        raise _nobody(tenant)

    def domain(self, tenant: str) -> str | None:
        """Return the id of a tenant's own domain, None when it has none."""
        return self.cloud.ids.find(Address("domain", tenant, tenant))

    def everybody(self) -> None:
        """Do nothing where this credential sees every project. Raises `Forbidden` where a list would be a part of it, unsaid."""
        if "project" in self.refused:
            raise Forbidden(_IN_PART)

    def once(self, name: str, ask: Callable[[], T]) -> T:
        """Return what was answered when first asked. Raises `CloudError` each time, where it was refused."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name in self.refused:
                raise self.refused[name]
            if name not in self._kept:
                try:
                    self._kept[name] = ask()
                except (Forbidden, NotFound, ServiceAbsent) as error:
                    self.refused[name] = error
                    raise
            kept: T = self._kept[name]
        return kept

    def by_project(  # noqa: PLR0913 (a list has these)
        self,
        name: str,
        service: str,
        path: str,
        key: str,
        *,
        owner: str = "project_id",
        microversion: str | None = None,
        **params: object,
    ) -> Mapping[str, Sequence[Body]]:
        """Return a collection by project; `owner` is the field that names it."""
        api = self.cloud.api(service).at(microversion=microversion)
        items = self.once(name, lambda: tuple(api.list(path, key, **params)))
        return self.once(f"{name} by {owner}", lambda: _by(owner, items, where=path))

    def whole_by_project(self, name: str, service: str, path: str, key: str) -> Mapping[str, Sequence[Body]]:
        """Return a collection that knows no pages, by project: asked for with a limit, such a one answers nothing."""
        return self.once(name, lambda: _by("project_id", self.cloud.api(service).get(path)[key], where=path))


def _by(owner: str, bodies: Iterable[Body], *, where: str) -> Mapping[str, Sequence[Body]]:
    sorted_out: dict[str, list[Body]] = defaultdict(list)
    for body in bodies:
        if owner not in body:
            raise Forbidden(_ANONYMOUS, where=where)
        sorted_out[str(body[owner] or "")].append(body)
    return sorted_out


_ANONYMOUS: Final = say(
    "the answer does not say whose things are", "la réponse ne dit pas à qui sont les choses"
)
_IN_PART: Final = say(
    "this credential sees one project, and Keystone would show a part of the list without saying so",
    "cet accès ne voit qu'un projet, et Keystone ne montrerait qu'une partie de la liste sans le dire",
)


def _nobody(tenant: str) -> NotFound:
    return NotFound(
        say("tenant {tenant} is not on this cloud", "le locataire {tenant} n'est pas sur ce cloud", tenant=tenant),
        where=tenant,
        do=say("apply it first", "l'appliquer d'abord"),
    )  # fmt: skip


def why(error: ProvisionError) -> Text:
    """Say why something could not be read."""
    if isinstance(error, Forbidden):
        return say(
            "this credential may not read it (403): {what}",
            "cet accès n'a pas le droit de le lire (403) : {what}",
            what=error.what,
        )
    if isinstance(error, ServiceAbsent | NotFound):
        return say("not there: {what}", "absent : {what}", what=error.what)
    return say("could not be read: {what}", "illisible : {what}", what=error.what)
