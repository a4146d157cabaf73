"""The one who writes the ledger for a verb: a plan or a proof that cannot be recorded says so, an apply does not begin."""

from __future__ import annotations

import secrets
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from provision import who
from provision.apply.journal import last_run, noted
from provision.errors import ProvisionError
from provision.model import event
from provision.record import facts, key
from provision.record.ledger import FOLDER, Ledger
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from provision.model.estate import Estate
    from provision.model.outcome import Outcome
    from provision.model.plan import Plan
    from provision.record.entry import Fact

STATE: Final = ".provision"


@dataclass(frozen=True, slots=True)
class Keeper:
    """Writes the ledger of an estate, beside the journal in its `state` folder."""

    state: Path
    ledger: Ledger
    on_event: event.Listener

    def note(self, *said: Fact) -> None:
        """Record what changed nothing in the cloud; where that cannot be, a person is told and the verb goes on."""
        try:
            self.ledger.add(said)
        except ProvisionError as error:
            self.on_event(
                event.Noted(say("not in the ledger: {error}", "absent du registre : {error}", error=error))
            )

    @contextmanager
    def run(self, cloud: str, tenants: Iterable[str], approval: Mapping[str, Any]) -> Iterator[Run]:
        """Record a run from its beginning to its end, however it ends; first what the journal knows of runs that were cut.

        Raises `ProvisionError`, before anything is written to the cloud, when it cannot be recorded.
        """
        self._take_up()
        run = Run(secrets.token_hex(8), self.state, self.ledger)
        agreed = facts.approved(run.id, cloud, approval)
        self.ledger.add([agreed, facts.begun(run.id, cloud, tenants, last_run(self.state))])
        try:
            yield run
        except BaseException as error:
            with suppress(ProvisionError):
                self.ledger.add([facts.ended(run.id, run.ends, error, run.more)])
            raise
        self.ledger.add([facts.ended(run.id, run.ends, None, run.more)])

    def _take_up(self) -> None:
        """End the runs that were cut, with what only the journal knows of them; no other run is there to be mistaken for one."""
        for run, said in self.ledger.open_runs().items():
            missing = noted(self.state, said["journal_after"])
            made = [facts.late(run, each) for each in missing]
            late = [fact for found, _ in made for fact in found]
            ends = Counter(each.status or "UNKNOWN" for each in missing)
            self.ledger.add(
                [*late, facts.ended(run, ends, None, {"cut": True})],
                [line for _, aside in made for line in aside],
            )


@dataclass(slots=True)
class Run:
    """One apply: how its steps ended so far, and what more its end is to say."""

    id: str
    state: Path
    ledger: Ledger
    ends: Counter[str] = field(default_factory=Counter)
    more: dict[str, Any] = field(default_factory=dict)

    def wave(self, plan: Plan, outcomes: tuple[Outcome, ...], undone: tuple[Outcome, ...]) -> None:
        """Record a wave once it is over."""
        if plan.steps:
            self.ends.update(each.status.value for each in outcomes)
            self.ledger.add(*facts.wave(self.id, plan, outcomes, undone, last_run(self.state)))


def keeper(estate: Estate, on_event: event.Listener) -> Keeper:
    """Return who writes the ledger of an estate, as the person who runs this.

    What signs begins to be read in here: it takes as long as the answers that a verb waits for between this and its first
    entry.
    """
    Thread(target=key.ready, name="ledger").start()
    state = estate.directory / STATE
    actor = who.runs()
    place = key.where(estate.values.tree, estate.directory)
    return Keeper(state, Ledger(state / FOLDER, actor, place, last_run(state)), on_event)
