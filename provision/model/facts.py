"""What a cloud offers to everybody, as an estate needs to know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["ipv4", "ipv6"]


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool of addresses, and the length of the prefixes it gives by default."""

    name: str
    family: Family
    prefix_length: int


@dataclass(frozen=True, slots=True)
class Flavor:
    """A flavour; one that is not public is given to projects one by one."""

    name: str
    public: bool


@dataclass(frozen=True, slots=True)
class VolumeType:
    """A volume type, and whether its volumes are encrypted."""

    name: str
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """One cloud; where there are several of a thing, the cloud's own default stands first. Empty: none, or not ours to see."""

    cloud: str
    region: str
    domain: str
    external_networks: tuple[str, ...] = ()
    pools: tuple[Pool, ...] = ()
    flavors: tuple[Flavor, ...] = ()
    volume_types: tuple[VolumeType, ...] = ()
    hosts: tuple[str, ...] = ()
