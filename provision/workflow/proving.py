"""Put what profiles promise to the test, on the live cloud."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from provision import proof, who
from provision.apply.signals import stop_asked
from provision.draft import look
from provision.model.event import Listener, ignore
from provision.model.proof import Proven, Subject
from provision.proof.evidence import save as save_evidence
from provision.record import facts as record
from provision.record.keeper import keeper
from provision.workflow.question import Question, connected


def prove(
    question: Question, on_event: Listener = ignore, seal: Callable[[Proven], str] | None = None
) -> Proven:
    """Put the promises of tenants that are on the cloud to the test, as the tenants themselves, their neighbour and anybody.

    Asked to stop (Ctrl-C, SIGTERM), what is in flight is ended and cleaned up, and what was not tried says so. `seal` is the
    digest of the evidence as it is shown, for the ledger.
    """
    started, now = time.monotonic(), datetime.now(UTC)
    with connected(question) as (estate, tenants, cloud):
        look(cloud, tenants, on_event)
        with cloud.writing(), stop_asked(_nothing) as stop:
            proofs = proof.prove(cloud, tenants, stop.is_set, on_event)
        proven = Proven(
            estate.name,
            cloud.name,
            now.isoformat(timespec="seconds"),
            who.runs(),
            tuple(
                Subject(each.key, each.profile, each.profile_version, cloud.ids.project(each.key) or "")
                for each in tenants
            ),
            proofs,
            time.monotonic() - started,
        )
        keeper(estate, on_event).note(record.proven(proven, seal and seal(proven)))
        return proven


def _nothing() -> None:
    """Do nothing more when asked to stop: what cleans up may still be asked again."""


def keep(evidence: Mapping[str, object], path: Path) -> None:
    """Keep evidence, whole or not at all, for its owner's eyes only."""
    save_evidence(evidence, path)
