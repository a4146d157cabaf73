"""What was proven on the live cloud, for a person and for a program."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from provision.text import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from provision.model.proof import Proof
    from provision.report.look import Look
    from provision.text import Language


def data(proofs: Iterable[Proof], language: Language) -> list[dict[str, Any]]:
    """Return proofs as JSON has them."""
    return [
        {
            "tenant": proof.tenant,
            "promise": render(proof.promise, language),
            "held": proof.held,
            "seen": render(proof.seen, language),
        }
        for proof in proofs
    ]


def text(proofs: Sequence[Proof], look: Look) -> str:
    """Return one paragraph a tenant: each promise, whether it held, and what was seen."""
    return "\n".join(_lines(proofs, look)) + "\n"


def _lines(proofs: Sequence[Proof], look: Look) -> Iterator[str]:
    for tenant, those in groupby(proofs, key=lambda proof: proof.tenant):
        yield look.paint("name", tenant)
        for proof in those:
            sign = look.paint("good", "✓") if proof.held else look.paint("bad", "✗")
            yield f"  {sign} {look.words(proof.promise)}"
            yield f"    {look.words(proof.seen, 'quiet')}"
