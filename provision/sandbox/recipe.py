"""What a service is to the sandbox: how it is configured, how its database is made, how it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from provision.sandbox.rest import Admin
    from provision.sandbox.site import Site


def nothing(_site: Site) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One service of the control plane, one file each.

    `configure` gives the files it reads; `schema` makes its database, in a process of its own;
    `serve` loads it and returns its WSGI application, or serves by itself and never returns;
    `seed` is what an operator would do through its API; `relocate` says what its database knows of
    ports and paths, as SQL.
    """

    name: str
    catalogue: str
    suffix: str
    probe: str
    configure: Callable[[Site], Mapping[str, str]]
    serve: Callable[[Site], Any]
    packages: tuple[str, ...]
    modules: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    schema: Callable[[Site], None] = nothing
    seed: Callable[[Admin], None] | None = None
    extra_ports: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    threads: int = 1
    many_writers: bool = False
    alone: bool = False
    green_library: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)
