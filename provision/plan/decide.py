"""Decide, for each address, what is to be done. `reason` is for people; nothing here or later reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provision.model.plan import Action, Change
from provision.plan.compare import differences, immutable
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.kind import Kind
    from provision.model.address import Address
    from provision.model.resource import Desired, Live

Lives = tuple["Live[Any]", ...]


@dataclass(frozen=True, slots=True)
class Options:
    """What the person at the keyboard has explicitly allowed."""

    adopt: frozenset[Address] = frozenset()
    replace: frozenset[Address] = frozenset()


def decide(
    kinds: Mapping[str, Kind[Any]],
    desired: Iterable[Desired[Any]],
    live: Iterable[Live[Any]],
    options: Options,
) -> tuple[Change, ...]:
    """Return every change, and everything seen that is to be left alone, in address order."""
    wanted = {want.address: want for want in desired}
    found: dict[Address, list[Live[Any]]] = defaultdict(list)
    for each in live:
        found[each.address].append(each)
    changes: list[Change] = []
    for address in sorted(wanted.keys() | found.keys()):
        there = tuple(sorted(found.get(address, ()), key=lambda each: (each.created_at, each.id)))
        want = wanted.get(address)
        if want is None:
            changes.extend(_unasked(there))
        else:
            changes.extend(_asked(kinds[address.kind], want, there, options))
    return tuple(changes)


def _unasked(there: Lives) -> Iterator[Change]:
    for have in there:
        yield _leave(have, _FORGOTTEN if have.owned else _NOT_OURS)


_NOT_OURS = say("not ours", "pas à nous")
_FORGOTTEN = say(
    "ours, but no document asks for it any more; absence never deletes: write `state: retired`",
    "à nous, mais plus aucun document ne la demande ; une absence ne supprime jamais : écrire `state: retired`",
)
_DUPLICATE = say(
    "the same marker twice: the oldest is kept, this one is left for you to remove",
    "deux fois le même marqueur : la plus ancienne est gardée, celle-ci est laissée à votre soin",
)


def _asked(kind: Kind[Any], want: Desired[Any], there: Lives, options: Options) -> Iterator[Change]:
    ours = [have for have in there if have.owned]
    theirs = [have for have in there if not have.owned]
    for duplicate in ours[1:]:
        yield _leave(duplicate, _DUPLICATE)
    if ours:
        yield from _ours(kind, want, ours[0])
        for have in theirs:
            yield _leave(have, _NOT_OURS)
    elif theirs:
        yield from _theirs(kind, want, theirs, options)
    elif want.retired is None:
        fields = differences(kind, want, None)
        reason = say("asked for at {origin}", "demandée en {origin}", origin=want.origin)
        yield Change(Action.CREATE, want.address, want, None, fields, reason)


def _ours(kind: Kind[Any], want: Desired[Any], have: Live[Any]) -> Iterator[Change]:
    if want.retired is not None:
        reason = say(
            "retired at {origin}: {reason}",
            "retirée en {origin} : {reason}",
            origin=want.retired.origin,
            reason=want.retired.reason,
        )
        yield Change(Action.DELETE, want.address, want, have, (), reason)
        return
    fields = differences(kind, want, have)
    if not fields:
        return
    fixed = immutable(kind, fields)
    if fixed:
        reason = say(
            "{fields} cannot be changed in place",
            "{fields} ne peut pas être modifié sur place",
            fields=", ".join(fixed),
        )
        yield Change(Action.REPLACE, want.address, want, have, fields, reason)
    else:
        reason = want.note or say(
            "differs from the documents in {fields}",
            "diffère des documents : {fields}",
            fields=", ".join(change.field for change in fields),
        )
        yield Change(Action.UPDATE, want.address, want, have, fields, reason)


def _theirs(
    kind: Kind[Any], want: Desired[Any], theirs: list[Live[Any]], options: Options
) -> Iterator[Change]:
    if want.retired is not None:
        for have in theirs:
            yield _leave(have, _NOT_OURS)
        return
    if want.address not in options.adopt:
        for have in theirs:
            yield _leave(have, _NOT_OURS, want, blocked=_adoptable(want))
        return
    if len(theirs) > 1:
        for have in theirs:
            yield _leave(have, _NOT_OURS, want, blocked=_ambiguous(want, len(theirs)))
        return
    yield _adoption(kind, want, theirs[0])


def _adoption(kind: Kind[Any], want: Desired[Any], have: Live[Any]) -> Change:
    fields = differences(kind, want, have)
    fixed = immutable(kind, fields)
    blocked = (
        say(
            "cannot be adopted: {fields} would have to change, and cannot",
            "ne peut pas être adoptée : il faudrait changer {fields}, ce qui est impossible",
            fields=", ".join(fixed),
        )
        if fixed
        else None
    )
    reason = say("adopted by name (--adopt)", "adoptée nommément (--adopt)")
    return Change(Action.ADOPT, want.address, want, have, fields, reason, blocked)


def _adoptable(want: Desired[Any]) -> Text:
    return say(
        "one of this name is there and is not ours: take it over with --adopt {address}, or rename yours at {origin}",
        "une du même nom existe et n'est pas à nous : la reprendre avec --adopt {address}, ou renommer la vôtre en {origin}",
        address=want.address,
        origin=want.origin,
    )


def _ambiguous(want: Desired[Any], count: int) -> Text:
    return say(
        "{count} of this name are there; {address} could be any of them: rename all but one, then adopt it",
        "{count} portent ce nom ; {address} pourrait être n'importe laquelle : les renommer sauf une, puis l'adopter",
        count=count,
        address=want.address,
    )


def _leave(
    have: Live[Any], reason: Text, want: Desired[Any] | None = None, blocked: Text | None = None
) -> Change:
    return Change(Action.LEAVE, have.address, want, have, (), reason, blocked)
