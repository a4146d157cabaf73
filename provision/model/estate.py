"""An estate: everything one operator keeps under documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provision.model.evidence import Evidence
from provision.model.marker import Owner
from provision.model.origin import Origin
from provision.model.tenant import Tenant, Values


@dataclass(frozen=True, slots=True)
class Floor:
    """What nobody below a profile may weaken: a path, a direction, a bound, and where it is written.

    `direction` is one of ``at_least``, ``at_most``, ``exactly``, ``contains``, ``one_of``.
    """

    path: str
    direction: str
    bound: Any
    origin: Origin
    profile: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A tier as one reviewed object; `values`, `floors` and `why` include what it inherits.

    `values` stand on the estate's defaults. `title` and `summary` are by language; `why` explains single choices:
    a dotted path to a sentence in each language.
    """

    name: str
    version: str
    title: Mapping[str, str]
    extends: str | None
    assignable: bool
    values: Values
    floors: Sequence[Floor]
    path: Path
    summary: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Estate:
    """The documents of one estate, loaded and checked; `itself` asks, as a tenant does, for what is everybody's."""

    directory: Path
    name: str
    cloud: str | None
    values: Values
    tenants: Mapping[str, Tenant]
    profiles: Mapping[str, Profile]
    itself: Tenant | None = None
    evidence: Sequence[Evidence] = ()

    @property
    def owner(self) -> Owner:
        """Return on whose behalf its resources are marked."""
        return Owner(self.name, {key: each.pseudonym for key, each in self.tenants.items() if each.pseudonym})
