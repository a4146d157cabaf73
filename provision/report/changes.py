"""One change of a plan, as lines: sign, what is done, address, then each field with the line that wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from provision.kind import kinds
from provision.model.plan import Action
from provision.model.quantity import spelt
from provision.report import words
from provision.report.values import clean, comes_and_goes, is_collection, show
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.model.origin import Origin
    from provision.model.plan import Change, FieldChange
    from provision.report.look import Look
    from provision.report.paint import Paint

SIGNS: Final = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "±",
    Action.DELETE: "-",
    Action.ADOPT: "=",
    Action.LEAVE: "·",
}
VERBS: Final = {
    Action.CREATE: say("create", "créer"),
    Action.UPDATE: say("change", "modifier"),
    Action.REPLACE: say("replace", "remplacer"),
    Action.DELETE: say("remove", "supprimer"),
    Action.ADOPT: say("adopt", "adopter"),
    Action.LEAVE: say("leave", "laisser"),
}
_MEANINGS: Final = {
    Action.CREATE: "good",
    Action.UPDATE: "change",
    Action.REPLACE: "bad",
    Action.DELETE: "bad",
    Action.ADOPT: "name",
    Action.LEAVE: "quiet",
}
_SELF_EXPLAINED: Final = frozenset({Action.CREATE, Action.UPDATE})
_VERB_WIDTH: Final = 9


def lines(change: Change, look: Look) -> Iterator[str]:
    """Yield the lines of one change, indented under its tenant."""
    origin = _origin(change)
    verb = VERBS[change.action].render(look.language).ljust(_VERB_WIDTH)
    head = look.paint(_MEANINGS[change.action], f"{SIGNS[change.action]} {verb} {clean(str(change.address))}")
    if change.action is Action.DELETE and change.reason is not None:
        yield f"  {head}  {look.words(change.reason, 'quiet')}"
    else:
        yield f"  {head}{_at(origin, look.paint)}"
        yield from _reason(change, look)
    yield from _fields(change, origin, look.paint)
    if change.blocked is not None:
        blocked = say("blocked: {why}", "bloqué : {why}", why=change.blocked)
        yield f"      {look.paint('bad', f'✗ {look.words(blocked)}')}"


def _reason(change: Change, look: Look) -> Iterator[str]:
    noted = change.want is not None and change.want.note is not None
    if change.reason is not None and (noted or change.action not in _SELF_EXPLAINED):
        yield f"      {look.words(change.reason)}"


def _origin(change: Change) -> Origin | None:
    return change.want.origin if change.want else None


def _at(origin: Origin | None, paint: Paint) -> str:
    return f"  {paint('quiet', f'({origin})')}" if origin else ""


def _fields(change: Change, origin: Origin | None, paint: Paint) -> Iterator[str]:
    new = change.action is Action.CREATE
    shown = [each for each in change.fields if not (new and each.after in ("", (), frozenset(), []))]
    width = max((len(each.field) for each in shown), default=0)
    for each in shown:
        at = _at(each.origin if each.origin != origin else None, paint)
        yield from _field(_with_unit(each, change.address.kind), width, at, paint, new=new)


def _with_unit(field: FieldChange, kind: str) -> FieldChange:
    """Return a field that is a quota with its values as documents spell them; any other as it is."""
    known = kinds().get(kind)
    if known is None or field.field not in known.units:
        return field
    unit = known.units[field.field]
    before, after = (
        spelt(value, unit) if isinstance(value, int) else value for value in (field.before, field.after)
    )
    return replace(field, before=before, after=after)


def _field(field: FieldChange, width: int, at: str, paint: Paint, *, new: bool) -> Iterator[str]:
    name = f"      {field.field.ljust(width)}"
    if is_collection(field.after) and is_collection(field.before or ()):
        comes, goes = comes_and_goes(field.before, field.after)
        if comes or goes:
            yield f"      {field.field}{at}"
            yield from (paint("good", f"        + {each}") for each in comes)
            yield from (paint("bad", f"        - {each}") for each in goes)
            return
    after = show(field.after)
    yield f"{name}  {after}{at}" if new else f"{name}  {show(field.before)} → {after}{at}"


def left_alone(change: Change, look: Look) -> str:
    """Return one line for something seen and left alone."""
    reason = look.words(change.reason or "")
    return look.paint("quiet", f"  {SIGNS[Action.LEAVE]} {clean(str(change.address))}: {reason}")


def tally(amounts: Mapping[Action, int]) -> list[Text]:
    """Return how many of each action there are, in words; nothing for none."""
    return [
        say("{n} to {verb}", "{n} à {verb}", n=words.number(amounts[action]), verb=VERBS[action])
        for action in Action
        if amounts.get(action)
    ]
