"""Controls on evidence from outside: like any other, but for where what they judge comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provision.audit.control import About, control, said
from provision.audit.source import known_as
from provision.audit.sources.evidence import Attestation, Bound, Shown

if TYPE_CHECKING:
    from provision.audit.sources.evidence import Fits, Own
    from provision.text import Text


def attested(  # noqa: PLR0913 (what a source and a control are)
    identifier: str,
    *,
    bound: Bound,
    own: Own | None = None,
    fits: Fits | None = None,
    leaving: bool = False,
    reads: str = "evidence/*.yaml",
    **facts: Any,  # noqa: ANN401 (those of `control`)
) -> None:
    """Register a control that evidence answers, bounded as documents say, and the source of what is shown for it."""
    name = f"evidence for {identifier}"
    known_as(name, Attestation(identifier, bound, own, fits, leaving))

    def holds(about: About, shown: Shown) -> Text | None:
        return bound.broken(about.values, shown)

    asked = said(bound.key)
    control(identifier, over=name, key=bound.key, reads=reads, asked=asked, outside=True, **facts)(holds)
