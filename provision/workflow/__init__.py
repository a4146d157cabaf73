"""One function a verb, each a page of prose: what `provision` does, and in what order.

A page is imported when one of its verbs is first asked for: whoever applies does not wait for the auditor to come in.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from provision.workflow.belongings import issue_account, key_ring
    from provision.workflow.changing import Confirm, Planned, apply, plan, save
    from provision.workflow.founding import Founded, init, write_examples
    from provision.workflow.judging import audit, audit_profiles, keep_files
    from provision.workflow.proving import keep, prove
    from provision.workflow.publishing import catalogue, publish_files
    from provision.workflow.question import WORKERS, Question, begin
    from provision.workflow.recording import anchor, events, examine, ledger

EARLY: Final = "begin"
"""The name of the threads of `begin`, for whose end nobody waits."""
PAGES: Final = {
    "belongings": ("issue_account", "key_ring"),
    "changing": ("Confirm", "Planned", "apply", "plan", "save"),
    "founding": ("Founded", "init", "write_examples"),
    "judging": ("audit", "audit_profiles", "keep_files"),
    "proving": ("keep", "prove"),
    "publishing": ("catalogue", "publish_files"),
    "question": ("WORKERS", "Question", "begin"),
    "recording": ("anchor", "events", "examine", "ledger"),
}
_PAGE_OF: Final = {name: page for page, names in PAGES.items() for name in names}


def __getattr__(name: str) -> Any:  # noqa: ANN401 (a verb, or what one takes and gives)
    """Return what a page defines (PEP 562)."""
    if name not in _PAGE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PAGE_OF[name]}"), name)


__all__ = [
    "WORKERS",
    "Confirm",
    "Founded",
    "Planned",
    "Question",
    "anchor",
    "apply",
    "audit",
    "audit_profiles",
    "begin",
    "catalogue",
    "events",
    "examine",
    "init",
    "issue_account",
    "keep",
    "keep_files",
    "key_ring",
    "ledger",
    "plan",
    "prove",
    "publish_files",
    "save",
    "write_examples",
]
