"""What no schema can say: documents against one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provision.errors import Mistake
from provision.model.estate import Profile
from provision.model.tenant import Tenant, Values


def check(estate: Values, profiles: Mapping[str, Profile], tenants: Sequence[Tenant]) -> Iterator[Mistake]:
    """Yield every mistake."""
    yield from ()
