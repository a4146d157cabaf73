"""Record what `provision apply` sends to bring one tenant, and keep of it what nobody could do without.

A call is kept when it writes, and a read when a later kept call needs an id that only this read gave. Ids that the run made
and the tenant's key are replaced by placeholders, so that another tenant can be brought by the same calls. The order is the
plan's own graph, and the ids that one call needs of another.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from provision import workflow
from provision.apply.perform import Performer
from provision.cloud.wire import Wire
from provision.model.address import Address
from provision.model.marker import Owner

READING: Final = frozenset({"GET", "HEAD"})
RULES: Final = "/security-group-rules"
TENANT: Final = "@tenant@"
_ID: Final = re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_MARK: Final = re.compile(r"\[provision:(?P<address>[^\s\]]+) g:[0-9a-f]{8}\]")
_CARRIED: Final = re.compile(
    "content-type|x-container.*|openstack-api-version|x-openstack-nova-api-version", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it passed the wire: times in seconds since the first, `step` empty while planning."""

    step: str
    method: str
    url: str
    headers: dict[str, str]
    body: str
    status: int
    answer: str
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Call:
    """One request to send again; `after` are the calls that must have ended, `gives` where in the answer placeholders stand."""

    method: str
    url: str
    headers: dict[str, str]
    body: str
    after: tuple[int, ...]
    gives: dict[str, tuple[str | int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything one apply sent, and the graph its plan had (step to the steps it waits for)."""

    tenant: str
    sent: tuple[Sent, ...]
    waits: dict[str, frozenset[str]]


def record(estate: Path, tenant: str) -> Recording:
    """Apply one tenant in this process and return what was sent. The cloud is the environment's."""
    sent: list[Sent] = []
    with _listening(sent):
        applied = workflow.apply(workflow.Question(estate, (tenant,)))
    failed = [outcome for outcome in applied.outcomes if outcome.error]
    if failed or not applied.outcomes:
        raise RuntimeError(f"the recorded apply did not go through: {failed}")
    waits = {step.id: step.waits_for for step in applied.plan.steps}
    return Recording(tenant, tuple(sorted(sent, key=lambda each: each.began)), waits)


@contextlib.contextmanager
def _listening(sent: list[Sent]) -> Iterator[None]:
    """Note each request, and the step it was sent for, while the block runs."""
    here, exchange, perform, origin = (
        threading.local(),
        Wire.exchange,
        Performer.__call__,
        time.perf_counter(),
    )

    def noting(
        self: Wire, road: Any, method: str, url: str, headers: Any, body: Any = None, **more: Any
    ) -> Any:
        began = time.perf_counter() - origin
        answer = exchange(self, road, method, url, headers, body, **more)
        ended = time.perf_counter() - origin
        carried = {name: str(value) for name, value in headers.items() if _CARRIED.fullmatch(name)}
        said = (body or b"").decode()
        step = getattr(here, "step", "")
        text = answer.content.decode("utf-8", "replace")
        sent.append(Sent(step, method, url, carried, said, answer.status, text, began, ended))
        return answer

    def performing(self: Performer, step: Any) -> Any:
        here.step = step.id
        try:
            return perform(self, step)
        finally:
            here.step = ""

    Wire.exchange, Performer.__call__ = noting, performing
    try:
        yield
    finally:
        Wire.exchange, Performer.__call__ = exchange, perform


def distill(recording: Recording) -> tuple[Call, ...]:
    """Return the calls without which the tenant would not be there, ready to be sent for another one."""
    recording = replace(recording, sent=tuple(_in_bulk(recording.sent)))
    made = _made(recording.sent)
    kept = _kept(recording.sent, made)
    place = {index: number for number, index in enumerate(kept)}
    calls = []
    for index in kept:
        sent = recording.sent[index]
        given = {_placeholder(identifier): path for identifier, (by, path) in made.items() if by == index}
        needs = {made[each][0] for each in _ids(sent) if each in made}
        before = {place[each] for each in needs | _before(recording, kept, index) if each in place}
        text = _fill(recording.tenant, made)
        calls.append(
            Call(
                sent.method,
                text(sent.url),
                sent.headers,
                text(sent.body),
                tuple(sorted(before - {place[index]})),
                given,
            )
        )
    return tuple(_only_needed(calls))


def save(calls: Sequence[Call], path: Path, *, estate: str, tenant: str) -> None:
    """Write what `floor.py` reads: the calls of this estate for one tenant, its marks included."""
    owner = Owner(estate)

    def marked(found: re.Match[str]) -> str:
        return owner.marker(Address.parse(found["address"]))

    def told(text: str) -> str:
        return _MARK.sub(marked, text.replace(TENANT, tenant))

    ready = [asdict(replace(call, url=told(call.url), body=told(call.body))) for call in calls]
    path.write_text(json.dumps({"calls": ready}), encoding="utf-8")


def _in_bulk(sent: Sequence[Sent]) -> Iterator[Sent]:
    """Join the rules that one step adds in several writes: Neutron takes them in one, and the floor has no order to keep."""
    added = [each for each in sent if each.method == "POST" and each.url.endswith(RULES)]
    first = {each.step: each for each in reversed(added)}
    for each in sent:
        if each not in added:
            yield each
        elif each is first[each.step]:
            rules = [
                rule
                for one in added
                if one.step == each.step
                for rule in json.loads(one.body)["security_group_rules"]
            ]
            yield replace(each, body=json.dumps({"security_group_rules": rules}))


def _made(sent: Sequence[Sent]) -> dict[str, tuple[int, tuple[str | int, ...]]]:
    """Return the ids that the run brought about: the call whose answer first had each, and where in it.

    What an answer had while nothing was written yet was there before (roles, flavours, pools), and is no placeholder.
    """
    first_write = next(index for index, each in enumerate(sent) if _writes(each))
    known = {identifier for each in sent[:first_write] for identifier in _ID.findall(each.url + each.answer)}
    made: dict[str, tuple[int, tuple[str | int, ...]]] = {}
    for index in sorted(range(first_write, len(sent)), key=lambda each: sent[each].ended):
        for identifier, path in _leaves(sent[index].answer):
            if identifier not in known and identifier not in made:
                made[identifier] = (index, path)
    return made


def _leaves(answer: str) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield each id that stands alone as a value of a JSON answer, and its path."""
    try:
        waiting: list[tuple[tuple[str | int, ...], Any]] = [((), json.loads(answer))]
    except ValueError:
        return
    while waiting:
        path, value = waiting.pop(0)
        if isinstance(value, dict):
            waiting.extend(((*path, key), each) for key, each in value.items())
        elif isinstance(value, list):
            waiting.extend(((*path, index), each) for index, each in enumerate(value))
        elif isinstance(value, str) and _ID.fullmatch(value):
            yield value, path


def _kept(sent: Sequence[Sent], made: dict[str, tuple[int, Any]]) -> list[int]:
    """Return the writes, and the reads that gave them an id."""
    kept = {index for index, each in enumerate(sent) if _writes(each)}
    waiting = list(kept)
    while waiting:
        for identifier in _ids(sent[waiting.pop()]):
            giver = made.get(identifier, (None,))[0]
            if giver is not None and giver not in kept:
                kept.add(giver)
                waiting.append(giver)
    return sorted(kept)


def _before(recording: Recording, kept: Sequence[int], index: int) -> set[int]:
    """Return the kept calls of the steps that this call's step waits for, through steps that wrote nothing."""
    by_step: dict[str, set[int]] = {}
    for each in kept:
        by_step.setdefault(recording.sent[each].step, set()).add(each)
    found: set[int] = set()
    waiting = list(recording.waits.get(recording.sent[index].step, ()))
    while waiting:
        step = waiting.pop()
        found |= by_step.get(step, set())
        if step not in by_step:
            waiting.extend(recording.waits.get(step, ()))
    return found


def _fill(tenant: str, made: dict[str, Any]) -> Any:
    def text(given: str) -> str:
        filled = _ID.sub(lambda found: _placeholder(found[0]) if found[0] in made else found[0], given)
        return filled.replace(tenant, TENANT)

    return text


def _only_needed(calls: Sequence[Call]) -> Iterator[Call]:
    """Drop the placeholders that no call asks for."""
    asked = "".join(call.url + call.body for call in calls)
    for call in calls:
        yield replace(call, gives={name: path for name, path in call.gives.items() if name in asked})


def _writes(sent: Sent) -> bool:
    """Tell a step's own write: the lease of the run writes too, and belongs to no step."""
    return sent.method not in READING and sent.step != ""


def _ids(sent: Sent) -> list[str]:
    return _ID.findall(sent.url + sent.body)


def _placeholder(identifier: str) -> str:
    return f"@{identifier}@"
