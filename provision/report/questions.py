"""What an auditor asks of a profile, and how far an answer holds today."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Mapping


class Today(StrEnum):
    """Whether anything in the cloud follows from a promise."""

    ENFORCED = "enforced"
    PARTLY = "partly"
    RECORDED = "recorded"


QUESTIONS: Final[Mapping[str, Text]] = {
    "purpose": say("What it is for", "À quoi il sert"),
    "identity": say("Who may enter, and how", "Qui peut entrer, et comment"),
    "encryption": say("What is encrypted, and with whose keys", "Ce qui est chiffré, et avec les clés de qui"),
    "network": say("What passes the network, in IPv4 and in IPv6", "Ce qui passe sur le réseau, en IPv4 et en IPv6"),
    "publishing": say("What may be published", "Ce qui peut être publié"),
    "usage": say("How much may be used", "Combien on peut utiliser"),
    "place": say("Where data live, and on which machines", "Où vivent les données, et sur quelles machines"),
    "logs": say("What is logged, and how long it is kept", "Ce qui est journalisé, et combien de temps c'est gardé"),
    "leaving": say("How one leaves", "Comment on s'en va"),
    "other": say("What else must be there", "Ce qui doit encore être là"),
}  # fmt: skip
