"""What a promise is, and how one is put to the test: the page to read before adding a proof.

A proof is a function in one of the files of this folder, found by being there::

    @promise(
        "network-cannot-share",
        service="network",
        says=say("it cannot share its network", "il ne peut pas partager son réseau"),
        tried=say("as a member, share it with another project", "en tant que membre, le partager avec un autre projet"),
        made=lambda tenant: ["quotas.network.rbac_policies"],
    )
    def cannot_share(stage: Stage, key: str) -> Seen: ...

`made` returns the document keys by which a tenant is promised this, each to be proven by itself; none means: not promised,
and nothing is said of it. What a test makes is named `stage.name`, and its removal is asked for (`stage.after`) before
it is made, so that a lost answer leaves nothing behind either.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from provision.errors import CloudError, Forbidden, NotFound, ProvisionError
from provision.kind import kinds
from provision.model.address import Address
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.cloud.api import Api
    from provision.cloud.connect import Cloud
    from provision.cloud.neighbour import Neighbour
    from provision.model.resource import Desired
    from provision.model.tenant import Tenant

T = TypeVar("T")
PATIENCE: Final = 120.0
PAUSE: Final = 0.3
Item = Mapping[str, Any]


class Unprovable(ProvisionError):
    """What is promised cannot be put to the test here; nobody's mistake."""


class Stopped(ProvisionError):
    """Somebody asked to stop before this was seen."""


class LeftBehind(ProvisionError):
    """What a proof made is still there."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen, and whether the promise held."""

    held: bool
    what: Text


@dataclass(frozen=True, slots=True)
class Stage:
    """What a test has to work with.

    `operator` is who runs this, `guest` the tenant, `neighbour` makes another tenant (once a run). `name` is what
    everything made is called; `undo` runs when the test is over, however it ended.
    """

    tenant: Tenant
    operator: Cloud
    guest: Cloud
    neighbour: Callable[[], Neighbour]
    stopped: Callable[[], bool]
    undo: ExitStack
    name: str

    @property
    def project(self) -> str:
        """Return the id of the tenant's project."""
        return self.operator.ids.of(Address("project", self.tenant.key, self.tenant.key))

    def wanted(self, kind: str) -> list[Desired[Any]]:
        """Return what the documents ask for of a kind, but for what is to go."""
        return wanted(self.tenant, kind)

    def id(self, kind: str, name: str) -> str:
        """Return the id of a resource of the tenant. Raises `NotFound`."""
        return self.operator.ids.of(Address(kind, self.tenant.key, name))

    def after(self, clean: Callable[[], object]) -> None:
        """Have something done when the test is over; what was asked for last is done first."""
        self.undo.callback(clean)

    def remove_after(self, api: Api, found: Callable[[], Iterable[str]]) -> None:
        """Have what is found when the test is over (as paths of a service) deleted then."""

        def remove() -> None:
            for path in list(found()):
                api.delete(path)

        self.after(remove)

    def go_on(self) -> None:
        """Do nothing while nobody asked to stop. Raises `Stopped`."""
        if self.stopped():
            raise Stopped(say("asked to stop", "arrêt demandé"))

    def settled(self, look: Callable[[], T], done: Callable[[T], bool]) -> T:
        """Look until it is done, or patience is over; return the last look. Raises `Stopped`."""
        until = time.monotonic() + PATIENCE
        while True:
            found = look()
            if done(found) or time.monotonic() > until:
                return found
            self.go_on()
            time.sleep(PAUSE)

    def swept(self, found: Callable[[], Iterable[Item]], remove: Callable[[Item], bool]) -> None:
        """Remove everything that is found, and wait until nothing is; `remove` says False to be asked again.

        Raises `LeftBehind` when patience is over.
        """
        until, asked = time.monotonic() + PATIENCE, set[str]()
        while there := list(found()):
            if time.monotonic() > until:
                raise LeftBehind(
                    say("still there: {name}", "encore là : {name}", name=self.name),
                    where=", ".join(str(each["id"]) for each in there),
                    do=say("remove it by hand", "le supprimer à la main"),
                )
            asked |= {each["id"] for each in there if each["id"] not in asked and remove(each)}
            time.sleep(PAUSE)


Made = Callable[["Tenant"], Iterable[str]]
Test = Callable[[Stage, str], Seen]


@dataclass(frozen=True, slots=True)
class Promise:
    """One sort of promise: its stable name, the service it is about, what it says, what is tried, who is promised it."""

    name: str
    service: str
    says: Text
    tried: Text
    made: Made
    test: Test


_PROMISES: Final[dict[str, Promise]] = {}


def promise(name: str, *, service: str, says: Text, tried: Text, made: Made) -> Callable[[Test], Test]:
    """Register a function as the test of a promise."""

    def keep(test: Test) -> Test:
        _PROMISES[name] = Promise(name, service, says, tried, made, test)
        return test

    return keep


def promises() -> tuple[Promise, ...]:
    """Return every promise that can be put to the test."""
    return tuple(_PROMISES.values())


def wanted(tenant: Tenant, kind: str) -> list[Desired[Any]]:
    """Return what a tenant's documents ask for of a kind, but for what is to go."""
    return [want for want in kinds()[kind].desire(tenant) if want.retired is None]


def where(path: str, *, says: object = None) -> Made:
    """Return who is promised something by a document key: whoever's documents say this there (None: anything)."""

    def made(tenant: Tenant) -> list[str]:
        said = tenant.values.get(path)
        return [path] if said is not None and (says is None or says == said) else []

    return made


def refused(call: Callable[[], object], what: str | Text, *by: type[CloudError]) -> Seen:
    """Try what must be refused, and say how it was answered; another error than those named proves nothing and is raised."""
    try:
        call()
    except by as error:
        answer = say("{what} → {status}", "{what} → {status}", what=what, status=error.status)
        return Seen(held=True, what=answer)
    return Seen(held=False, what=say("{what} was accepted", "{what} a été accepté", what=what))


def denied(error: CloudError, what: str) -> Seen:
    """Return a broken promise where a service will not do what the tenant may have done; raise what is no such answer."""
    if not isinstance(error, Forbidden | NotFound) and error.status != HTTPStatus.BAD_REQUEST:
        raise error
    return Seen(held=False, what=say("{what} → {why}", "{what} → {why}", what=what, why=error.what))


def from_next_door(what: str) -> Text:
    """Say that it was tried as another tenant."""
    return say("{what} (another tenant)", "{what} (un autre locataire)", what=what)


def together(*seen: Seen) -> Seen:
    """Return several things seen as one, which held if each did."""
    what = seen[0].what
    for each in seen[1:]:
        what = say("{what}; {more}", "{what} ; {more}", what=what, more=each.what)
    return Seen(all(each.held for each in seen), what)
