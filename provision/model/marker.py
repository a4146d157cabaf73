"""Ownership, written in the cloud: a marker in the description, and a tag on the project.

The marker is short, stable, readable and no secret: ``[provision:network/acme/backend g:1f0c9a2e]``. Its last
part is derived from the estate's name, so that two estates on one cloud never take each other's resources
for their own. A tenant that goes by a pseudonym is called by it there too.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Final

from provision.model.address import Address

_MARKER: Final = re.compile(
    r"\s*\[provision:(?P<address>[^\s\]/]+/[^\s\]/]+/[^\s\]]+) g:(?P<group>[0-9a-f]{8})\]\s*$"
)
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "provision.invalid")
TAG_PREFIX: Final = "provision.tenant="
ESTATE_TAG_PREFIX: Final = "provision.estate="
LEASE_TAG: Final = "provision.lease"
MAX_DESCRIPTION: Final = 255


@dataclass(frozen=True, slots=True)
class Owner:
    """The estate on whose behalf resources are marked, and what tenants are called in the cloud who go by a pseudonym."""

    estate: str
    pseudonyms: dict[str, str] = field(default_factory=dict, compare=False)
    _keys: dict[str, str] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Know whose each pseudonym is."""
        self.learn(self)

    def learn(self, other: Owner) -> None:
        """Know the pseudonyms that another one knows too."""
        self.pseudonyms.update(other.pseudonyms)
        self._keys.update({alias: key for key, alias in other.pseudonyms.items()})

    def of(self, tenant: str) -> Owner:
        """Return what is to be known of one tenant."""
        return Owner(self.estate, {key: alias for key, alias in self.pseudonyms.items() if key == tenant})

    def called(self, address: Address) -> Address:
        """Return an address as the cloud may see it."""
        return _renamed(address, self.pseudonyms.get(address.tenant))

    def group(self, address: Address) -> str:
        """Return eight hexadecimal digits that tie an address to this estate."""
        return uuid.uuid5(_NAMESPACE, f"{self.estate}|{address}").hex[:8]

    def marker(self, address: Address) -> str:
        """Return the marker of a resource of this estate."""
        shown = self.called(address)
        return f"[provision:{shown} g:{self.group(shown)}]"

    def describe(self, text: str, address: Address, *, most: int = MAX_DESCRIPTION) -> str:
        """Return a description that ends with the marker, within what the service takes (Neutron: 255 characters)."""
        marker = self.marker(address)
        room = most - len(marker) - 1
        return f"{text[:room]} {marker}" if text else marker

    def kept(self, text: str, address: Address, *, most: int = MAX_DESCRIPTION) -> str:
        """Return a description's text as it will be read back: what leaves no room for the marker is cut."""
        return self.read(self.describe(text, address, most=most))[0]

    def read(self, description: str | None) -> tuple[str, Address | None]:
        """Split a description into its text and the address its marker names (None when it is not ours)."""
        found = _MARKER.search(description or "")
        if found is None:
            return description or "", None
        address = Address.parse(found["address"])
        text = (description or "")[: found.start()]
        if found["group"] != self.group(address):
            return description or "", None
        return text, _renamed(address, self._keys.get(address.tenant))

    def tags(self, tenant: str) -> tuple[str, str]:
        """Return the tags of a project of this estate."""
        return (f"{TAG_PREFIX}{self.pseudonyms.get(tenant, tenant)}", f"{ESTATE_TAG_PREFIX}{self.estate}")

    def tagged(self, tags: list[str], tenant: str) -> list[str]:
        """Return a project's tags with ours: what we said of its tenant before goes, other tags stay."""
        others = [tag for tag in tags if self.tenant(tags) != tenant or not tag.startswith(TAG_PREFIX)]
        return sorted({*others, *self.tags(tenant)})

    def tenant(self, tags: list[str]) -> str | None:
        """Return the tenant that a project's tags name, when they name this estate too."""
        if f"{ESTATE_TAG_PREFIX}{self.estate}" not in tags:
            return None
        said = next((tag.removeprefix(TAG_PREFIX) for tag in tags if tag.startswith(TAG_PREFIX)), None)
        return said and self._keys.get(said, said)


def _renamed(address: Address, tenant: str | None) -> Address:
    """Return an address under another name of its tenant (None: as it is), which what is called after it bears too."""
    if tenant is None:
        return address
    return Address(address.kind, tenant, tenant if address.name == address.tenant else address.name)
