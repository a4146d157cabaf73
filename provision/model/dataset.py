"""What a published dataset says about itself: the words that the law asks for, and the values that they may take.

Licences and frequencies have an address each, by which catalogues name them (DCAT-AP); the frequencies are the codes of the
European Union's authority table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LICENCE, PRODUCER, CONTACT, FREQUENCY = "licence", "producer", "contact", "frequency"
ASKED_FOR: Final = (LICENCE, PRODUCER, CONTACT, FREQUENCY)
CHECKSUM: Final = "sha256"
EVERYBODY: Final = (".r:", "*:*")


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence under which data may be used again: the address that catalogues know it by, and its title."""

    address: str
    title: str


LICENCES: Final = {
    "etalab-2.0": Licence(
        "https://www.etalab.gouv.fr/wp-content/uploads/2017/04/ETALAB-Licence-Ouverte-v2.0.pdf",
        "Licence Ouverte / Open Licence version 2.0",
    ),
    "odbl-1.0": Licence(
        "https://opendatacommons.org/licenses/odbl/1-0/", "Open Data Commons Open Database License (ODbL)"
    ),
}
FREQUENCIES: Final = frozenset(
    [
        "1MIN",
        "5MIN",
        "10MIN",
        "15MIN",
        "30MIN",
        "HOURLY",
        "BIHOURLY",
        "TRIHOURLY",
        "12HRS",
        "CONT",
        "UPDATE_CONT",
        "DAILY",
        "DAILY_2",
        "DAILY_3",
        "WEEKLY",
        "WEEKLY_2",
        "WEEKLY_3",
        "WEEKLY_5",
        "BIWEEKLY",
        "MONTHLY",
        "MONTHLY_2",
        "MONTHLY_3",
        "BIMONTHLY",
        "QUARTERLY",
        "ANNUAL",
        "ANNUAL_2",
        "ANNUAL_3",
        "BIENNIAL",
        "TRIENNIAL",
        "QUADRENNIAL",
        "QUINQUENNIAL",
        "DECENNIAL",
        "BIDECENNIAL",
        "TRIDECENNIAL",
        "AS_NEEDED",
        "IRREG",
        "NEVER",
        "NOT_PLANNED",
        "OTHER",
    ]
)
_VALUES: Final[Mapping[str, frozenset[str]]] = {LICENCE: frozenset(LICENCES), FREQUENCY: FREQUENCIES}


def missing(metadata: Mapping[str, object]) -> tuple[str, ...]:
    """Return what is asked for and not said."""
    return tuple(key for key in ASKED_FOR if not metadata.get(key))


def unknown(metadata: Mapping[str, object]) -> Iterator[str]:
    """Yield what is said in words that no catalogue knows."""
    for key, known in _VALUES.items():
        if metadata.get(key) and metadata[key] not in known:
            yield key


def known(key: str) -> list[str]:
    """Return the values that a word may take."""
    return sorted(_VALUES[key])


def open_to_everybody(entries: tuple[str, ...]) -> bool:
    """Tell whether an ACL (Swift's own entries) lets in anybody, or anybody who has an account on the cloud."""
    return any(entry.startswith(EVERYBODY) and not entry.startswith(".r:-") for entry in entries)


def of_others(entries: tuple[str, ...], project: str) -> tuple[str, ...]:
    """Return the entries of an ACL that name somebody outside a project."""
    return tuple(entry for entry in entries if ":" in entry and entry.partition(":")[0] != project)


@dataclass(frozen=True, slots=True)
class File:
    """A published file: where anybody reads it, its size in bytes, its media type, its date (UTC, without a zone), its SHA-256."""

    name: str
    address: str
    size: int
    type: str
    modified: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A public container: where its list is read, what it says about itself, and its files."""

    name: str
    address: str
    metadata: Mapping[str, str]
    files: tuple[File, ...]
