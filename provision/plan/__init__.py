"""Pure: what is wanted and what is there become a plan. Nothing here calls a cloud or reads a file but `file`."""

from provision.plan.decide import Options
from provision.plan.make import make

__all__ = ["Options", "make"]
