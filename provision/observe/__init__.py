"""What is there: every kind's own `observe`, over the whole estate at once."""

from provision.observe.survey import survey

__all__ = ["survey"]
