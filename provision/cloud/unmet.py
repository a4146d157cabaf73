"""Say that a tenant asks for something this cloud does not have, and what comes nearest."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from provision.kind import Unmet
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provision.model.origin import Origin


def missing(what: Text, name: str, known: Iterable[str], where: Origin) -> Unmet:
    """Return the error of a `name` that is not among `known`; `what` says what was looked for (``flavour``)."""
    there = sorted(known)
    close = difflib.get_close_matches(name, there, 3, 0.5) or there[:10]
    return Unmet(
        say("this cloud has no {what} {name!r}", "ce cloud n'a pas de {what} {name!r}", what=what, name=name),
        where=str(where),
        do=say(
            "write one that is there ({close}), or have the operator create it",
            "en écrire un qui existe ({close}), ou le faire créer par l'opérateur",
            close=", ".join(close) or "-",
        ),
    )
