"""Does the ledger hold? Two verdicts apart: whether anything was altered, and whether anything is missing; each problem located."""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from provision.apply.journal import busy, noted
from provision.errors import ProvisionError
from provision.model.book import Book, Dated
from provision.record import checkpoint, key
from provision.record.anchor import Anchor, Invalid, check, stamps
from provision.record.entry import Entry, parse
from provision.record.ledger import BEGUN, CHECKPOINTS, ENTRIES, FOLDER, KEYS, LEAVES, RESUMED
from provision.record.merkle import SIZE, Frontier, leaf
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from cryptography.x509 import Certificate
    from securesystemslib.signer import Key

    from provision.record.checkpoint import Checkpoint
    from provision.text import Text


class Side(StrEnum):
    """Which verdict a problem belongs to."""

    INTEGRITY = "integrity"
    COMPLETENESS = "completeness"


class Trust(StrEnum):
    """Where the public key comes from: GIVEN by who verifies, OWN from this user's folder, BESIDE the ledger itself."""

    GIVEN = "given"
    OWN = "own"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: what, which entry (its number, from 0) if it is one, and where (``file:line``, lines from 1)."""

    side: Side
    what: Text
    where: str
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found: entries, checkpoints, the last signed size and root, by which key; problems, and what is only to be known.

    `anchors` are the stamps of a time-stamping authority that hold, by size: each dates the entries below it.
    """

    entries: int
    checkpoints: int
    size: int
    root: str
    keys: tuple[str, ...]
    trust: Trust
    problems: tuple[Problem, ...]
    notes: tuple[Text, ...] = ()
    anchors: tuple[Anchor, ...] = ()

    @property
    def dated(self) -> int:
        """Return how many entries, from the first on, a third party dates."""
        return min(self.entries, max((each.size for each in self.anchors), default=0))

    def of(self, side: Side) -> tuple[Problem, ...]:
        """Return the problems of one verdict."""
        return tuple(each for each in self.problems if each.side is side)


def worth(found: Examined) -> Book:
    """Return what was found, for who judges by the ledger."""
    sides = {side: tuple(each.what for each in found.of(side)) for side in Side}
    stamp = max(found.anchors, key=lambda each: each.size, default=None)
    dated = Dated(found.dated, datetime.fromisoformat(stamp.time).date(), stamp.authority) if stamp else None
    return Book(found.entries, sides[Side.INTEGRITY], sides[Side.COMPLETENESS], dated)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the entries' file: its number (from 1), its bytes, what it holds, and its hash."""

    number: int
    raw: bytes
    entry: Entry | None
    hash: bytes


@dataclass(slots=True)
class Reading:
    """The files of a ledger, read once; `torn` are lines that a crash cut and a later entry owns up to."""

    folder: Path
    lines: list[Line] = field(default_factory=list)
    torn: list[Line] = field(default_factory=list)
    ended: bool = True
    recorded: list[bytes] = field(default_factory=list)
    signed: list[tuple[int, bytes, Checkpoint | None]] = field(default_factory=list)

    def place(self, line: int | None, name: str = ENTRIES) -> str:
        """Return ``file:line``."""
        path = str(self.folder / name)
        return path if line is None else f"{path}:{line}"

    def after(self, index: int) -> int:
        """Return the line on which an entry stands, or would stand."""
        if index < len(self.lines):
            return self.lines[index].number
        return (self.lines[-1].number if self.lines else 0) + 1


def read(folder: Path) -> Reading:
    """Read a ledger's files, missing ones as empty. Raises `OSError`."""
    text = _bytes(folder / ENTRIES)
    raws = text.split(b"\n")
    ended = raws[-1] == b""
    kept = [(number, raw) for number, raw in enumerate(raws, 1) if raw]
    all_lines = [Line(number, raw, parse(raw), leaf(raw)) for number, raw in kept]
    owned = {each["sha256"] for line in all_lines for each in _owned(line.entry)}
    torn = [each for each in all_lines if each.entry is None and _digest(each.raw) in owned]
    numbers = {each.number for each in torn}
    hashes = _bytes(folder / LEAVES)
    return Reading(
        folder,
        [each for each in all_lines if each.number not in numbers],
        torn,
        ended,
        [hashes[at : at + SIZE] for at in range(0, len(hashes) - SIZE + 1, SIZE)],
        [
            (number, raw, checkpoint.parse(raw))
            for number, raw in enumerate(_bytes(folder / CHECKPOINTS).split(b"\n"), 1)
            if raw and _digest(raw) not in owned
        ],
    )


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _owned(entry: Entry | None) -> Iterable[Mapping[str, Any]]:
    return entry.about.get("torn") or () if entry and entry.action == RESUMED else ()


def examine(
    state: Path,
    given: Mapping[str, Key] | None = None,
    kept: Sequence[bytes] = (),
    authority: Certificate | None = None,
) -> Examined:
    """Examine the ledger in an estate's state folder: with the keys that are `given`, else the user's own, else those beside it.

    `kept` are checkpoints that somebody kept elsewhere: the ledger must still hold what they say. Stamps are looked at where
    the certificate of their `authority` is named.
    """
    reading = read(state / FOLDER)
    keys, trust, problems = _keys(reading.folder, given)
    heads = [_Head(reading.place(number, CHECKPOINTS), raw, made) for number, raw, made in reading.signed]
    heads += [_Head(f"--kept:{number}", raw, checkpoint.parse(raw)) for number, raw in enumerate(kept, 1)]
    problems += _signatures(heads, keys)
    sound = sorted((head for head in heads if head.signer), key=lambda head: head.size)
    vouched = _vouched(reading.recorded, sound)
    if vouched and [line.hash for line in reading.lines] != reading.recorded:
        problems += _altered(reading)
    problems += _roots(reading, sound, vouched=vouched)
    problems += _sequence(reading)
    problems += _tail(reading, sound)
    anchors, not_held = _anchors(reading, authority)
    problems += not_held
    running = busy(state)
    if not running:
        problems += [*_unended(reading), *_journal(reading, state)]
    last = sound[-1].made if sound else None
    return Examined(
        len(reading.lines),
        len(reading.signed),
        last.size if last else 0,
        last.root.hex() if last else "",
        tuple(sorted({head.signer for head in sound if head.signer})),
        trust,
        tuple(problems),
        tuple(_notes(reading, trust, running=running, unread=authority is None)),
        tuple(anchors),
    )


@dataclass(slots=True)
class _Head:
    """A checkpoint, where it stands, and the id of the key that signed it, if it is one that is trusted."""

    place: str
    raw: bytes
    made: Checkpoint | None
    signer: str | None = None

    @property
    def size(self) -> int:
        return self.made.size if self.made else 0


def _keys(folder: Path, given: Mapping[str, Key] | None) -> tuple[Mapping[str, Key], Trust, list[Problem]]:
    """Return the keys that are trusted: those given, else the user's own and no other, else those beside the ledger."""
    if given:
        return given, Trust.GIVEN, []
    own = key.own_public()
    if own:
        return {own.keyid: own}, Trust.OWN, []
    try:
        return key.read(folder / KEYS), Trust.BESIDE, []
    except ProvisionError as error:
        what = say("the public keys are damaged", "les clés publiques sont abîmées")
        return {}, Trust.BESIDE, [Problem(Side.INTEGRITY, what, error.where)]


def _signatures(heads: Sequence[_Head], keys: Mapping[str, Key]) -> Iterator[Problem]:
    for head in heads:
        head.signer = checkpoint.signed_by(head.raw, keys) if head.made else None
        if head.signer is None:
            what = say(
                "this checkpoint is damaged, or no trusted key signed it",
                "ce point de contrôle est abîmé, ou aucune clé de confiance ne l'a signé",
            )
            yield Problem(Side.INTEGRITY, what, head.place)


def _vouched(recorded: Sequence[bytes], sound: Sequence[_Head]) -> bool:
    """Tell whether the recorded hashes are those that were signed: then they say which entry was altered."""
    at = _roots_at(recorded, {head.size for head in sound})
    return all(head.made is not None and at.get(head.size) == head.made.root for head in sound)


def _roots_at(hashes: Iterable[bytes], sizes: set[int]) -> dict[int, bytes]:
    frontier = Frontier()
    found = {0: frontier.root()}
    for each in hashes:
        frontier.add(each)
        if frontier.size in sizes:
            found[frontier.size] = frontier.root()
    return found


def _altered(reading: Reading) -> Iterator[Problem]:
    """Yield what happened to each entry, by the hashes that were recorded and signed."""
    recorded, found = reading.recorded, [line.hash for line in reading.lines]
    start, stop = _differing(recorded, found)
    was, now = recorded[start : len(recorded) - stop], found[start : len(found) - stop]
    gone, new = Counter(was) - Counter(now), Counter(now) - Counter(was)
    place = {each: index for index, each in enumerate(now, start)}
    matcher = difflib.SequenceMatcher(None, was, now, autojunk=False)
    for word, a, b, c, d in matcher.get_opcodes():
        if word == "equal":
            continue
        lost = [start + at for at in range(a, b) if gone[was[at]]]
        strange = [start + at for at in range(c, d) if new[now[at]]]
        moved = [start + at for at in range(a, b) if not gone[was[at]]]
        yield from (_moved(reading, at, place[recorded[at]]) for at in moved)
        both = min(len(lost), len(strange))
        yield from (_changed(reading, at, to) for at, to in zip(lost, strange, strict=False))
        yield from (_removed(reading, at, start + c) for at in lost[both:])
        yield from (_inserted(reading, at) for at in strange[both:])


def _differing(a: Sequence[bytes], b: Sequence[bytes]) -> tuple[int, int]:
    """Return how many are the same at the beginning, and at the end."""
    least = min(len(a), len(b))
    start = next((at for at in range(least) if a[at] != b[at]), least)
    stop = next((at for at in range(least - start) if a[-1 - at] != b[-1 - at]), least - start)
    return start, stop


def _changed(reading: Reading, entry: int, found: int) -> Problem:
    what = say("entry {n} was changed", "l'entrée {n} a été modifiée", n=entry)
    return Problem(Side.INTEGRITY, what, reading.place(reading.after(found)), entry)


def _removed(reading: Reading, entry: int, found: int) -> Problem:
    what = say(
        "entry {n} was removed: it stood here", "l'entrée {n} a été retirée : elle se trouvait ici", n=entry
    )
    return Problem(Side.INTEGRITY, what, reading.place(reading.after(found)), entry)


def _inserted(reading: Reading, found: int) -> Problem:
    what = say("a line was inserted that is no entry", "une ligne a été insérée qui n'est pas une entrée")
    return Problem(Side.INTEGRITY, what, reading.place(reading.after(found)))


def _moved(reading: Reading, entry: int, found: int) -> Problem:
    what = say("entry {n} was moved here", "l'entrée {n} a été déplacée ici", n=entry)
    return Problem(Side.INTEGRITY, what, reading.place(reading.after(found)), entry)


def _roots(reading: Reading, sound: Sequence[_Head], *, vouched: bool) -> Iterator[Problem]:
    """Yield the first signed root that the entries do not come to, and whether the recorded hashes are what was altered."""
    hashes = [line.hash for line in reading.lines]
    at = _roots_at(hashes, {head.size for head in sound})
    before = 0
    for head in sound:
        if head.made is None or head.size > len(hashes) or at[head.size] == head.made.root:
            before = head.size
            continue
        if not vouched:
            yield Problem(
                Side.INTEGRITY,
                say(
                    "entries {a} to {b} are not those that were signed",
                    "les entrées {a} à {b} ne sont pas celles qui ont été signées",
                    a=before,
                    b=head.size - 1,
                ),
                reading.place(reading.after(before)),
                before,
            )
        return
    if not vouched:
        yield from _hashes(reading, hashes)


def _hashes(reading: Reading, hashes: Sequence[bytes]) -> Iterator[Problem]:
    """Yield the recorded hashes that were altered, though the entries are what was signed."""
    for at, (was, now) in enumerate(zip(reading.recorded, hashes, strict=False)):
        if was != now:
            what = say(
                "the recorded hash of entry {n} was altered; the entry is what was signed",
                "l'empreinte enregistrée de l'entrée {n} a été modifiée ; l'entrée est celle qui a été signée",
                n=at,
            )
            yield Problem(Side.INTEGRITY, what, f"{reading.place(None, LEAVES)}@{at * SIZE}", at)
    if len(reading.recorded) < len(hashes):
        what = say("recorded hashes are missing", "des empreintes enregistrées manquent")
        place = f"{reading.place(None, LEAVES)}@{len(reading.recorded) * SIZE}"
        yield Problem(Side.COMPLETENESS, what, place, len(reading.recorded))


def _sequence(reading: Reading) -> Iterator[Problem]:
    """Yield the numbers that no entry has, and lines that hold no entry; each of these may be one that seems missing."""
    there = {line.entry.sequence for line in reading.lines if line.entry}
    expected = unread = 0
    for line in reading.lines:
        if line.entry is None:
            unread += 1
            yield _unreadable(reading, line)
            continue
        missing = [number for number in range(expected, line.entry.sequence) if number not in there]
        if len(missing) > unread:
            what = say(
                "no entry has the numbers {a} to {b}, that belong before this line",
                "aucune entrée ne porte les numéros {a} à {b}, qui viennent avant cette ligne",
                a=missing[0],
                b=missing[-1],
            )
            yield Problem(Side.COMPLETENESS, what, reading.place(line.number), missing[0])
        expected, unread = max(expected, line.entry.sequence + 1), 0


def _unreadable(reading: Reading, line: Line) -> Problem:
    last = line is reading.lines[-1] and not reading.ended
    if last:
        what = say(
            "the last line is torn: a crash cut it, or somebody did",
            "la dernière ligne est coupée : par une panne, ou par quelqu'un",
        )
        return Problem(Side.COMPLETENESS, what, reading.place(line.number))
    what = say("this line holds no entry", "cette ligne ne contient pas d'entrée")
    return Problem(Side.INTEGRITY, what, reading.place(line.number))


def _tail(reading: Reading, sound: Sequence[_Head]) -> Iterator[Problem]:
    """Yield what the last checkpoint and the entries do not have in common: cut below it, or not signed yet."""
    size, count = (sound[-1].size if sound else 0), len(reading.lines)
    whole = sum(line.entry is not None for line in reading.lines)
    if count < size:
        what = say(
            "the ledger ends at entry {last}, and {size} were signed: {lost} are missing",
            "le registre s'arrête à l'entrée {last}, et {size} ont été signées : il en manque {lost}",
            last=count - 1,
            size=size,
            lost=size - count,
        )
        yield Problem(Side.COMPLETENESS, what, reading.place(reading.after(count)), count)
    elif whole > size:
        what = say(
            "entries from {size} on are not signed: the run that wrote them was cut",
            "les entrées à partir de {size} ne sont pas signées : l'exécution qui les a écrites a été coupée",
            size=size,
        )
        yield Problem(Side.COMPLETENESS, what, reading.place(reading.after(size)), size)
    if len(reading.recorded) > max(count, size):
        what = say(
            "the hash of entry {n} is recorded and the entry is not there",
            "l'empreinte de l'entrée {n} est enregistrée et l'entrée n'est pas là",
            n=max(count, size),
        )
        yield Problem(
            Side.COMPLETENESS, what, reading.place(reading.after(max(count, size))), max(count, size)
        )


def _unended(reading: Reading) -> Iterator[Problem]:
    open_runs: dict[str, Line] = {}
    for line in reading.lines:
        run = line.entry and line.entry.about.get("run")
        if not isinstance(run, str) or line.entry is None:
            continue
        if line.entry.action.endswith(".begun"):
            open_runs[run] = line
        elif line.entry.action.endswith(".ended"):
            open_runs.pop(run, None)
    for run, line in open_runs.items():
        what = say(
            "run {run} was begun here and its end is not recorded: it was cut, or its end was removed; the next apply closes it",
            "l'exécution {run} commence ici et sa fin n'est pas inscrite : elle a été coupée, ou sa fin a été retirée ; le prochain apply la clôt",
            run=run,
        )
        number = line.entry.sequence if line.entry else None
        yield Problem(Side.COMPLETENESS, what, reading.place(line.number), number)


def _journal(reading: Reading, state: Path) -> Iterator[Problem]:
    """Yield the steps that the journal has and the ledger lacks; a journal that was lost begins again at 1."""
    entries = [line.entry for line in reading.lines if line.entry]
    first = next((each.about.get("journal_after", 0) for each in entries if each.action == BEGUN), 0)
    runs = [each for each in entries if each.action == "apply.begun"]
    steps = {
        (each.about.get("run"), each.about.get("address"), each.about.get("action"))
        for each in entries
        if each.action in ("apply.step", "apply.undone")
    }
    for step in noted(state, 0):
        owner = next((run for run in reversed(runs) if run.about["journal_after"] < step.run), None)
        predates = owner is None and step.run <= first
        if predates or (owner and (owner.about["run"], step.address, step.action) in steps):
            continue
        what = say(
            "the journal has {action} {address} (its run {run}), the ledger has not",
            "le journal contient {action} {address} (son exécution {run}), le registre non",
            action=step.action,
            address=step.address,
            run=step.run,
        )
        yield Problem(
            Side.COMPLETENESS, what, str(state / "journal.sqlite"), owner.sequence if owner else None
        )


def _anchors(reading: Reading, authority: Certificate | None) -> tuple[list[Anchor], list[Problem]]:
    """Return the stamps that hold, and those that do not: over a checkpoint that is gone, or is not what was stamped."""
    if authority is None:
        return [], []
    lines = {made.size: raw for _, raw, made in reading.signed if made}
    held: list[Anchor] = []
    problems: list[Problem] = []
    for size, path in stamps(reading.folder):
        if size not in lines:
            what = say(
                "a checkpoint of {size} entries was time-stamped, and is not there",
                "un point de contrôle de {size} entrées a été horodaté, et n'est pas là",
                size=size,
            )
            problems.append(Problem(Side.COMPLETENESS, what, str(path), None))
            continue
        try:
            held.append(check(path, lines[size], authority, size))
        except Invalid as error:
            what = say(
                "this stamp is not of the checkpoint of {size} entries that is there, or not by this authority: {error}",
                "cet horodatage n'est pas celui du point de contrôle de {size} entrées présent, ou pas de cette autorité : {error}",
                size=size,
                error=error,
            )
            problems.append(Problem(Side.INTEGRITY, what, str(path), None))
    return held, problems


def _notes(reading: Reading, trust: Trust, *, running: bool, unread: bool) -> Iterator[Text]:
    if trust is Trust.BESIDE:
        yield say(
            "the key is the one that lies beside the ledger: who can write there can replace both; --key names one you trust",
            "la clé est celle qui se trouve à côté du registre : qui peut y écrire peut remplacer les deux ; --key en nomme une de confiance",
        )
    if unread and any(stamps(reading.folder)):
        yield say(
            "the time stamps were not looked at: --tsa-certificate names the authority that you trust",
            "les horodatages n'ont pas été examinés : --tsa-certificate nomme l'autorité de confiance",
        )
    if running:
        yield say(
            "an apply is running: what it has not ended is not asked for",
            "un apply est en cours : ce qu'il n'a pas fini n'est pas demandé",
        )
    for line in reading.torn:
        yield say(
            "line {n} was torn by a crash; the ledger says so itself",
            "la ligne {n} a été coupée par une panne ; le registre le dit lui-même",
            n=line.number,
        )
