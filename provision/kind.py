"""What a kind of resource is: the page a newcomer reads first.

A kind is one file in `provision/resources/`, found by being there. It says, for one sort of OpenStack resource:

* what a tenant's documents ask for (`desire`), as a frozen dataclass, its **spec**;
* what the cloud has (`observe`), in **the same** dataclass;
* how to make the second into the first (`create`, `update`, `delete`).

Comparing, ordering, planning, drift, concurrency, journal and reports are written once, for all kinds.

How a field behaves is written beside it, in its type::

    @dataclass(frozen=True)
    class SubnetSpec:
        network: Annotated[str, immutable(), reference("network")]
        cidr: Annotated[str | None, immutable(), chosen_by_cloud()] = None
        dns: Annotated[tuple[str, ...], unordered()] = ()

A wanted field that is None is *unmanaged*: it is neither compared nor written.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, get_type_hints

from provision.errors import ProvisionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from provision.cloud.connect import Cloud
    from provision.model.address import Address
    from provision.model.quantity import Unit
    from provision.model.resource import Desired, Live
    from provision.model.tenant import Tenant
    from provision.text import Text

SpecT = TypeVar("SpecT")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a field of a spec behaves."""

    word: str
    of: str = ""


def immutable() -> Mark:
    """Mark a field that the service cannot change: a difference means replacing the resource."""
    return Mark("immutable")


def chosen_by_cloud() -> Mark:
    """Mark a field that the cloud fills in when it is left None (it is shown, never compared then)."""
    return Mark("chosen_by_cloud")


def reference(kind: str) -> Mark:
    """Mark a field that holds the name of another resource of the same tenant."""
    return Mark("reference", kind)


def unordered() -> Mark:
    """Mark a list whose order means nothing."""
    return Mark("unordered")


def secret() -> Mark:
    """Mark a field that is never printed, logged, journalled or put in a plan."""
    return Mark("secret")


def unseen() -> Mark:
    """Mark a field that the service takes and never shows (where a password stands): it is written, and never compared."""
    return Mark("unseen")


def exact_set() -> Mark:
    """Mark a collection that must equal what is wanted, extras removed, and is shown as what is added and removed."""
    return Mark("exact_set")


def manner() -> Mark:
    """Mark a field that says how to write, not what: it is never a difference."""
    return Mark("manner")


def by_key() -> Mark:
    """Mark a mapping of which only the keys that are wanted are compared: what it does not name is unmanaged."""
    return Mark("by_key")


@cache
def marks(spec: type) -> Mapping[str, frozenset[str]]:
    """Return, for each field of a spec, the words of its marks."""
    hints = get_type_hints(spec, include_extras=True)
    return {
        each.name: frozenset(
            mark.word for mark in getattr(hints[each.name], "__metadata__", ()) if isinstance(mark, Mark)
        )
        for each in dataclasses.fields(spec)
    }


class Unmet(ProvisionError):
    """A tenant asks for something this cloud does not have; found while planning, before any write."""

    exit_code = 3


class Kind(ABC, Generic[SpecT]):
    """One sort of OpenStack resource.

    Class attributes:
        name: as it stands in addresses (``subnet``).
        title: what a person calls it.
        service: the catalogue type it lives in (``network``); absent service = refused before the first write.
        extension: what of that service it needs beside the ordinary, by alias (``logging``); absent as the service is, under
            the name ``network.logging``.
        spec: the frozen dataclass, the same for what is wanted and what is found.
        document: the part of a tenant's document that asks for it, as a JSON Schema fragment of the tenant object
            (fragments of all kinds are merged, so that several kinds may share a section).
        observed_after: kinds whose ids `observe` needs.
        stays: there as long as its project is (a quota): deleting it puts back what a new project has.
        of_estate: one for the whole estate (an identity provider): asked for by estate.yaml, of which `desire` is given
            the values under the key ``@estate``; `document` is then a fragment of the estate's schema.
        by_members: a member of a tenant's project may make it there, by the services' own default policies.
        carries: the paths of tenants' documents that it makes real beside those of `document`.
        units: for each field of the spec that is a quota, what it is counted in ('' for plain counts).
    """

    name: ClassVar[str]
    title: ClassVar[Text]
    service: ClassVar[str]
    extension: ClassVar[str] = ""
    spec: ClassVar[type]
    document: ClassVar[Mapping[str, Any]] = {}
    observed_after: ClassVar[tuple[str, ...]] = ("project",)
    stays: ClassVar[bool] = False
    of_estate: ClassVar[bool] = False
    by_members: ClassVar[bool] = False
    carries: ClassVar[tuple[str, ...]] = ()
    units: ClassVar[Mapping[str, Unit]] = {}

    @abstractmethod
    def desire(self, tenant: Tenant) -> Iterator[Desired[SpecT]]:
        """Yield what the tenant's documents ask for; pure, and never fails on documents that passed `check`."""

    @abstractmethod
    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[SpecT]]:
        """Yield what is there for these tenants, ours or not; reads only, in few calls however many tenants.

        A resource that carries our marker is yielded under the address its marker names, whatever it is called now;
        another one that stands in a tenant's project under the name people see, with ``owned=False``.
        """

    def resolve(self, cloud: Cloud, want: Desired[SpecT]) -> Desired[SpecT]:  # noqa: ARG002 (for kinds that ask)
        """Fill in what only the cloud knows (a quota's default, a pool's prefix). Raises `Unmet` where it lacks something."""
        return want

    def contested(self, want: Desired[SpecT], have: Live[SpecT]) -> bool:  # noqa: ARG002 (for kinds that ask)
        """Tell whether what is wanted has to be held against more of the cloud than its like; pure."""
        return False

    def settle(self, cloud: Cloud, want: Desired[SpecT], have: Live[SpecT]) -> Desired[SpecT]:  # noqa: ARG002 (as above)
        """Return what is wanted where it is contested, with a `note` on what became of it. Raises `Unmet` where it cannot be had."""
        return want

    @abstractmethod
    def create(self, cloud: Cloud, want: Desired[SpecT]) -> Live[SpecT] | None:
        """Create it, marked as ours. The last call is the creating one, and nothing may fail after it.

        Returns what the service's own answer shows; None where it says nothing, and a look must tell.
        """

    @abstractmethod
    def update(self, cloud: Cloud, have: Live[SpecT], want: Desired[SpecT]) -> Live[SpecT] | None:
        """Make what is there equal to what is wanted, in one write where the service allows; marks it too (adoption).

        Returns what the last answer shows, when it shows all of it; else None, and a look must tell.
        """

    @abstractmethod
    def delete(self, cloud: Cloud, have: Live[SpecT]) -> None:
        """Remove it; already gone is success."""

    def concerns(self, tenant: Tenant) -> bool:  # noqa: ARG002 (for kinds whose reading costs a call a tenant)
        """Tell whether to read it for a tenant; a kind that costs calls a tenant is read only for those that ask for some."""
        return True

    def objections(self, tenant: Tenant, found: Sequence[Live[SpecT]]) -> Mapping[str, Text]:  # noqa: ARG002 (for kinds that see what others made)
        """Say, by id, what the tenant's documents have against things that nobody asked for: they are left, and told so."""
        return {}

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[SpecT], ...]:
        """Return everything that now answers to one address; the default observes its tenant."""
        return tuple(
            live for live in self.observe(cloud, frozenset({address.tenant})) if live.address == address
        )

    def look_for(self, cloud: Cloud, want: Desired[SpecT]) -> tuple[Live[SpecT], ...]:
        """Return what now answers to something wanted, of which a create may just have been made or lost."""
        if cloud.ids.find(want.address) is None:
            return self.look_by_name(cloud, want)
        return self.look(cloud, want.address)

    def look_by_name(self, cloud: Cloud, want: Desired[SpecT]) -> tuple[Live[SpecT], ...]:
        """Return what answers to something wanted whose id is not known.

        The default looks at its address. A kind that lists everybody's for that asks for the name that a create gives.
        """
        return self.look(cloud, want.address)


_KINDS: dict[str, Kind[Any]] = {}
K = TypeVar("K", bound=Kind[Any])


def register(kind: type[K]) -> type[K]:
    """Make a kind known; a class decorator for the one class of each file in `resources/`."""
    _KINDS[kind.name] = kind()
    return kind


def kinds() -> Mapping[str, Kind[Any]]:
    """Return every kind by name; `provision.resources` must have been imported."""
    return dict(sorted(_KINDS.items()))


def observing_order(chosen: Iterable[Kind[Any]]) -> Mapping[str, frozenset[str]]:
    """Return, for each kind's name, the chosen kinds that must be observed before it."""
    names = {kind.name for kind in chosen}
    return {kind.name: frozenset(kind.observed_after) & names for kind in chosen}
