"""The documents themselves, for controls on what is only written down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from provision.audit.source import Source, Thing, source

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant


@source
class Documents(Source):
    """The tenant's merged documents (`Values`), the same on both sides."""

    name = "documents"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return the documents."""
        yield Thing(f"documents/{tenant.key}", tenant.values)

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:  # noqa: ARG002 (they are in no cloud)
        """Return the documents."""
        yield from self.promised(tenant)
