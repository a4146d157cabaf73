"""The services of a sandbox, for a person and for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from provision.report import words
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provision.report.look import Look

_MEANINGS: Final = {"up": "good", "starting": "change", "dead": "bad"}
_STATES: Final = {
    "up": say("up", "démarré"),
    "starting": say("starting", "démarre"),
    "down": say("down", "arrêté"),
    "dead": say("dead", "mort"),
}


class Service(Protocol):
    """What is shown of a service (the sandbox stands beside the tower: its own class is not known here)."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def url(self) -> str:
        """Its address."""

    @property
    def pid(self) -> int | None:
        """Its process."""

    @property
    def rss_mib(self) -> float:
        """Its memory."""

    @property
    def state(self) -> str:
        """``up``, ``starting``, ``down`` or ``dead``."""


def data(services: Sequence[Service]) -> list[dict[str, Any]]:
    """Return the services as JSON has them (schema ``sandbox-status``)."""
    return [
        {
            "service": each.name,
            "url": each.url,
            "pid": each.pid,
            "rss_mib": round(each.rss_mib, 1),
            "state": each.state,
        }
        for each in services
    ]


def text(services: Sequence[Service], look: Look) -> str:
    """Return one line a service, and how much memory they take together."""
    width = max((len(each.name) for each in services), default=0)
    states = max(len(look.words(each)) for each in _STATES.values())
    lines = [_line(each, width, states, look) for each in services]
    total = sum(each.rss_mib for each in services)
    if total:
        lines.append(
            look.words(say("{n} MiB together", "{n} Mio en tout", n=words.number(round(total))), "quiet")
        )
    return "\n".join(lines) + "\n"


def _line(service: Service, width: int, states: int, look: Look) -> str:
    state = look.words(_STATES[service.state]).ljust(states)
    painted = look.paint(_MEANINGS.get(service.state, "quiet"), state)
    size = look.words(say("{n} MiB", "{n} Mio", n=words.number(round(service.rss_mib)))).rjust(9)
    running = f"{size}  pid {service.pid}" if service.pid else ""
    return f"{service.name.ljust(width)}  {painted}  {service.url.ljust(24)}  {running}".rstrip()


def hint(command: str, look: Look) -> str:
    """Return how to use a sandbox that is up."""
    head = say("Use it:", "S'en servir :")
    return f'\n{look.words(head)}  eval "$({command})"\n'


def ended(amount: int, look: Look) -> str:
    """Return how many processes ended."""
    if not amount:
        return look.words(say("Nothing was running.", "Rien ne tournait.")) + "\n"
    one = say("{n} process ended; what was in the sandbox stays.", "{n} processus arrêté ; le contenu reste.")
    many = say(
        "{n} processes ended; what was in the sandbox stays.", "{n} processus arrêtés ; le contenu reste."
    )
    return look.words(words.counted(amount, one, many)) + "\n"
