"""A tenant's keys, and what was done with them, for a person and for a program; never what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from provision.model.key import Fault, Key, KeyPolicy
from provision.report import words
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.report.look import Look

FAULTY: Final = 2


class Act(StrEnum):
    """What was done with a key."""

    CREATED = "created"
    IMPORTED = "imported"
    SUCCEEDED = "succeeded"
    SEALED = "sealed"
    DESTROYED = "destroyed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Done:
    """One key, what was done with it, and how the key manager answered when it was asked for again (404; 0: not asked)."""

    act: Act
    key: Key
    status: int = 0


_ACTS: Final = {
    Act.CREATED: say("made", "faite"),
    Act.IMPORTED: say("kept as you brought it", "gardée telle que vous l'avez apportée"),
    Act.SUCCEEDED: say(
        "made to succeed the former one, which stays readable",
        "faite pour succéder à l'ancienne, qui reste lisible",
    ),
    Act.SEALED: say("closed to the rest of the project", "fermée au reste du projet"),
    Act.DESTROYED: say("destroyed; asked for again: {status}", "détruite ; redemandée : {status}"),
    Act.LEFT: say(
        "due, and you brought it: bring its successor, keys import --next",
        "à renouveler, et vous l'avez apportée : apporter son successeur, keys import --next",
    ),
}
_FAULTS: Final = {
    Fault.OPEN: say("the whole project may read it: keys seal", "tout le projet peut la lire : keys seal"),
    Fault.OLD: say("overdue: keys rotate", "échue : keys rotate"),
    Fault.WEAK: say("weaker than the floor: keys rotate", "sous le plancher : keys rotate"),
}


def exit_code(keys: Sequence[Key], policy: KeyPolicy, now: datetime) -> int:
    """Return 2 where a key is not as the documents want it, else 0."""
    return FAULTY if any(policy.faults(key, now) for key in keys) else 0


def did_exit_code(done: Sequence[Done]) -> int:
    """Return 2 where a key that is due was left, else 0."""
    return FAULTY if any(each.act is Act.LEFT for each in done) else 0


def data(tenant: str, keys: Sequence[Key], policy: KeyPolicy, now: datetime) -> dict[str, Any]:
    """Return keys as JSON has them (schema ``keys-list``)."""
    return {
        "tenant": tenant,
        "policy": {
            "acl": "private" if policy.private else "project",
            "rotation_days": policy.days,
            "algorithm": policy.algorithm,
            "bit_length": policy.bits,
        },
        "keys": [{**_key(key), **_judged(key, policy, now)} for key in keys],
    }


def _key(key: Key) -> dict[str, Any]:
    return {
        "name": key.name,
        "generation": key.generation,
        "state": "current" if key.current else "former",
        "origin": "imported" if key.brought else "made",
        "id": key.id,
        "algorithm": key.algorithm,
        "bit_length": key.bits,
        "created": key.created.isoformat(timespec="seconds"),
        "project_access": key.project,
        "readers": list(key.readers),
    }


def _judged(key: Key, policy: KeyPolicy, now: datetime) -> dict[str, Any]:
    due = policy.due(key)
    return {
        "age_days": key.age(now).days,
        "due": due and due.isoformat(timespec="seconds"),
        "faults": [fault.value for fault in policy.faults(key, now)],
    }


def did(tenant: str, done: Sequence[Done]) -> dict[str, Any]:
    """Return what was done as JSON has it (schema ``keys-change``)."""
    return {
        "tenant": tenant,
        "done": [{"act": each.act.value, "status": each.status or None, **_key(each.key)} for each in done],
    }


def text(tenant: str, keys: Sequence[Key], policy: KeyPolicy, now: datetime, look: Look) -> str:
    """Return one line a key: its strength, its age, when it is due, who reads it; what it lacks below."""
    head = f"{look.paint('name', tenant)}  {look.words(_wanted(policy), 'quiet')}"
    lines = [line for key in keys for line in _lines(key, policy, now, look)]
    nothing = [f"  {look.words(say('no key', 'aucune clé'))}"]
    return "\n".join([head, *(lines or nothing)]) + "\n"


def _wanted(policy: KeyPolicy) -> Text:
    parts = [
        say("private", "privées") if policy.private else say("open to the project", "ouvertes au projet"),
        *(
            [say("renewed every {n} days", "renouvelées tous les {n} jours", n=policy.days)]
            if policy.days
            else []
        ),
        *([say("{n} bits at least", "{n} bits au moins", n=policy.bits)] if policy.bits else []),
    ]
    return words.listed(parts)


def _lines(key: Key, policy: KeyPolicy, now: datetime, look: Look) -> Iterator[str]:
    faults = policy.faults(key, now)
    sign = look.paint("bad", "✗") if faults else look.paint("good", "✓")
    yield f"  {sign} {key.name}/{key.generation}  {look.words(words.listed(list(_told(key, policy, now))))}"
    for fault in faults:
        yield f"    {look.words(_FAULTS[fault], 'bad')}"


def _told(key: Key, policy: KeyPolicy, now: datetime) -> Iterator[Text]:
    yield same(f"{key.algorithm.upper()} {key.bits}")
    if key.brought:
        yield say("imported", "importée")
    yield words.counted(key.age(now).days, say("{n} day old", "{n} jour"), say("{n} days old", "{n} jours"))
    due = policy.due(key)
    if due is not None:
        yield say("due {day}", "à renouveler le {day}", day=due.date().isoformat())
    if not key.current:
        yield say("former", "ancienne")
    yield _read_by(key)


def _read_by(key: Key) -> Text:
    if key.project:
        return say("read by the whole project", "lue par tout le projet")
    if key.readers:
        return say(
            "read by its maker and {ids}", "lue par qui l'a faite et {ids}", ids=", ".join(key.readers)
        )
    return say("read by its maker", "lue par qui l'a faite")


def told(done: Sequence[Done], look: Look) -> str:
    """Return one line a key: what was done with it."""
    if not done:
        return look.words(say("Nothing was to be done.", "Il n'y avait rien à faire.")) + "\n"
    return "".join(
        f"  {look.paint('name', f'{each.key.name}/{each.key.generation}')}  {_done(each, look)}\n"
        for each in done
    )


def _done(each: Done, look: Look) -> str:
    said = _ACTS[each.act]
    strength = f"{each.key.algorithm.upper()} {each.key.bits}"
    filled = say(said.en, said.fr, status=each.status) if each.status else said
    return f"{strength}  {look.words(filled)}  {look.paint('quiet', each.key.id)}"
