"""Pure: what is wanted and what is there become a plan. Nothing here calls a cloud or reads a file but `file`."""

from provision.plan.decide import Options
from provision.plan.make import by_tenant, join, make, part

__all__ = ["Options", "by_tenant", "join", "make", "part"]
