"""The ledger and what verifying it found, for a person and for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision.record import merkle
from provision.record.examine import Side
from provision.report import words
from provision.text import render, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from provision.record.anchor import Anchor
    from provision.record.entry import Entry
    from provision.record.examine import Examined, Line, Reading
    from provision.report.look import Look
    from provision.text import Language, Text

FAILED: Final = 2
_HELD: Final = {
    Side.INTEGRITY: (
        say("Integrity: nothing was altered.", "Intégrité : rien n'a été modifié."),
        say("Integrity: BROKEN.", "Intégrité : ROMPUE."),
    ),
    Side.COMPLETENESS: (
        say("Completeness: nothing is missing.", "Complétude : rien ne manque."),
        say("Completeness: BROKEN.", "Complétude : ROMPUE."),
    ),
}


def chosen(reading: Reading, since: str, entry: int | None) -> list[Line]:
    """Return the lines that hold an entry not older than a time (its first characters do), or the one entry of a number."""
    lines = [line for line in reading.lines if line.entry and line.entry.time >= since]
    return lines if entry is None else [each for each in lines if each.entry and each.entry.sequence == entry]


def show_text(lines: Iterable[Line], look: Look) -> str:
    """Return one line an entry."""
    told = [_line(line.entry, look) for line in lines if line.entry]
    nothing = say("Nothing is recorded.", "Rien n'est inscrit.")
    return "\n".join(told or [look.words(nothing)]) + "\n"


def _line(entry: Entry, look: Look) -> str:
    head = f"{entry.sequence:>6}  {look.paint('quiet', entry.time[:19] + 'Z')}  {entry.actor}"
    return f"{head}  {look.paint('strong', entry.action)}  {_about(entry)}".rstrip()


def _about(entry: Entry) -> str:
    about = entry.about
    if "address" in about:
        sort = (about.get("error") or {}).get("sort")
        parts = [
            about.get("action"),
            about["address"],
            about.get("status"),
            sort,
            *about.get("request_ids", ()),
        ]
    else:
        named = [str(about["fingerprint"])[:12]] if about.get("fingerprint") else []
        parts = [about.get("cloud"), about.get("how"), *named, *_ends(about), about.get("run"), (about.get("evidence") or "")[:12]]  # fmt: skip
    return " ".join(str(each) for each in parts if each)


def _ends(about: Any) -> list[str]:  # noqa: ANN401 (what an entry is about)
    return [f"{number} {status}" for status, number in (about.get("ends") or {}).items()]


def show_data(reading: Reading, lines: Sequence[Line], *, prove: bool) -> dict[str, Any]:
    """Return entries as JSON has them (schema ``ledger-show``), with their proof of inclusion where asked for."""
    first = reading.lines[0].entry if reading.lines else None
    return {
        "ledger": first.about.get("ledger") if first else None,
        "entries": [_entry(reading, line, prove=prove) for line in lines],
    }


def _entry(reading: Reading, line: Line, *, prove: bool) -> dict[str, Any]:
    entry = line.entry
    if entry is None:  # pragma: no cover (`chosen` leaves these out)
        raise ValueError(line.number)
    return {
        "line": line.number,
        "sequence": entry.sequence,
        "time": entry.time,
        "actor": entry.actor,
        "action": entry.action,
        "about": entry.about,
        "hash": line.hash.hex(),
        "proof": _proof(reading, line) if prove else None,
    }


def _proof(reading: Reading, line: Line) -> dict[str, Any] | None:
    """Return the path from an entry to the root of the last checkpoint, or None where it is not signed yet."""
    last = next((made for _, _, made in reversed(reading.signed) if made), None)
    index = reading.lines.index(line)
    if last is None or index >= last.size:
        return None
    path = merkle.inclusion([each.hash for each in reading.lines[: last.size]], index)
    return {"size": last.size, "root": last.root.hex(), "path": [each.hex() for each in path]}


def verify_text(found: Examined, look: Look) -> str:
    """Return both verdicts, each with its problems, and what stands signed."""
    blocks = [_verdict(found, side, look) for side in Side]
    notes = [f"  {look.words(each, 'quiet')}" for each in found.notes]
    return (
        "\n".join(
            [*blocks, *notes, look.words(_signed(found)), *(look.words(each) for each in _dated(found))]
        )
        + "\n"
    )


def _verdict(found: Examined, side: Side, look: Look) -> str:
    problems = found.of(side)
    held, broken = _HELD[side]
    head = look.words(broken, "bad") if problems else look.words(held, "good")
    told = [
        f"  {look.paint('bad', '✗')} {look.words(each.what)}\n    {look.paint('quiet', each.where)}"
        for each in problems
    ]
    return "\n".join([head, *told])


def _signed(found: Examined) -> Text:
    return say(
        "{entries} entries, {checkpoints} checkpoints; signed: {size} entries, root {root}, key {keys}",
        "{entries} entrées, {checkpoints} points de contrôle ; signé : {size} entrées, racine {root}, clé {keys}",
        entries=words.number(found.entries),
        checkpoints=words.number(found.checkpoints),
        size=words.number(found.size),
        root=found.root or "–",
        keys=", ".join(each[:16] for each in found.keys) or "–",
    )


def _dated(found: Examined) -> Iterator[Text]:
    """Yield which entries a third party dates, and which not; nothing where no stamp was looked at."""
    if not found.anchors:
        return
    last = found.anchors[-1]
    yield say(
        "dated by a third party: entries 0 to {last}, the last of them by {time} ({authority})",
        "datées par un tiers : entrées 0 à {last}, la dernière au plus tard le {time} ({authority})",
        last=words.number(found.dated - 1),
        time=last.time,
        authority=last.authority,
    )
    if found.dated < found.entries:
        yield say(
            "not dated by a third party: entries {first} to {last}",
            "non datées par un tiers : entrées {first} à {last}",
            first=words.number(found.dated),
            last=words.number(found.entries - 1),
        )


def anchor_text(made: Anchor, look: Look) -> str:
    """Return what was dated."""
    told = say(
        "Entries 0 to {last} are dated {time} by {authority}.",
        "Les entrées 0 à {last} sont datées du {time} par {authority}.",
        last=words.number(made.size - 1),
        time=made.time,
        authority=made.authority,
    )
    return look.words(told, "good") + "\n"


def anchor_data(made: Anchor) -> dict[str, Any]:
    """Return a stamp as JSON has it (schema ``ledger-anchor``)."""
    return {"entries": made.size, "time": made.time, "authority": made.authority}


def verify_data(found: Examined, language: Language) -> dict[str, Any]:
    """Return what was found as JSON has it (schema ``ledger-verify``)."""
    return {
        "integrity": not found.of(Side.INTEGRITY),
        "completeness": not found.of(Side.COMPLETENESS),
        "entries": found.entries,
        "checkpoints": found.checkpoints,
        "size": found.size,
        "root": found.root,
        "keys": list(found.keys),
        "trust": found.trust.value,
        "dated": found.dated,
        "anchors": [anchor_data(each) for each in found.anchors],
        "problems": [
            {
                "verdict": each.side.value,
                "what": render(each.what, language),
                "where": each.where,
                "entry": each.entry,
            }
            for each in found.problems
        ],
        "notes": [render(each, language) for each in found.notes],
    }


def exit_code(found: Examined) -> int:
    """Return 2 when the ledger does not hold, else 0."""
    return FAILED if found.problems else 0
