"""How people name a resource: ``kind/tenant/name``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provision.errors import UsageError
from provision.text import say

ESTATE: Final = "@estate"  # stands where a tenant's key would: no key can look like it


@dataclass(frozen=True, order=True, slots=True)
class Address:
    """A resource's name in documents, plans and markers; ids live only in `Live`."""

    kind: str
    tenant: str
    name: str

    def __str__(self) -> str:
        """Return ``kind/tenant/name``."""
        return f"{self.kind}/{self.tenant}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``kind/tenant/name``; the name itself may hold slashes. Raises `UsageError`."""
        parts = text.split("/", 2)
        if len(parts) != 3 or not all(parts):  # noqa: PLR2004 (the three parts of an address)
            raise UsageError(
                say("{text!r} is not an address", "{text!r} n'est pas une adresse", text=text),
                do=say("write it as kind/tenant/name", "l'écrire sous la forme sorte/locataire/nom"),
            )
        return cls(*parts)
