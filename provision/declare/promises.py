"""A profile as promises: each value with its place, its reason, the floors that hold it and the kinds that carry it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from provision.declare.floors import DIRECTIONS, honours, matches, pins
from provision.declare.trace import enforced
from provision.model.estate import Floor, Profile
from provision.model.origin import Origin

Side = Literal["a", "b", "opposed"]
Hold = Literal["floor", "bounded", "default"]
PLAN: Final = "plan"
RING: Final = "provision keys"
_NO_KIND: Final = {
    "services.required": PLAN,  # a missing service bars the tenant before the first write
    "object.encrypted": PLAN,  # as does an object store that keeps things in clear
    "keys.store": PLAN,  # as does a key manager that keeps keys elsewhere
    "location.zones.compute": PLAN,  # as does a zone that the cloud has not
    "location.zones.volume": PLAN,
    "keys.acl": RING,
    "keys.rotation_days": RING,
    "keys.floor.algorithm": RING,
    "keys.floor.bit_length": RING,
}


@dataclass(frozen=True, slots=True)
class Promise:
    """One value of a profile: where it was written, which kinds carry it into the cloud, why it is there, what holds it.

    `kinds` is empty for what is only recorded; ``plan`` stands for what planning itself refuses to go without, and
    ``provision keys`` for what that command keeps to.
    `floors` has one floor a direction, the strictest. The value is None where floors leave the choice to the tenant.
    """

    path: str
    value: Any
    origin: Origin
    kinds: tuple[str, ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    floors: tuple[Floor, ...] = ()

    @property
    def hold(self) -> Hold:
        """Tell whether floors hold the very value, only bound it, or leave it to the tenant."""
        if not self.floors:
            return "default"
        return "floor" if all(pins(each, self.value) for each in self.floors) else "bounded"

    def floor(self, direction: str) -> Floor | None:
        """Return the floor of a direction."""
        return next((each for each in self.floors if each.direction == direction), None)


def promises(profile: Profile) -> list[Promise]:
    """Return every value of a profile in the order of its documents, then what its floors leave to be chosen."""
    said = dict(leaves(profile.values.tree))
    left = {
        each.path: None for each in profile.floors if "*" not in each.path and not _within(each.path, said)
    }
    return [
        Promise(path, value, _origin(profile, path, left), bearers(path), why(profile, path), binding(profile, path))
        for path, value in {**said, **left}.items()
    ]  # fmt: skip


def _within(path: str, said: Mapping[str, Any]) -> bool:
    return any(each == path or each.startswith(f"{path}.") for each in said)


def _origin(profile: Profile, path: str, left: Mapping[str, None]) -> Origin:
    floors = [each.origin for each in profile.floors if each.path == path] if path in left else []
    return floors[-1] if floors else profile.values.origin(path)


def leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted path and the value of everything that is not a mapping."""
    for key, value in tree.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, Mapping) and value:
            yield from leaves(value, here)
        else:
            yield here, value


def bearers(path: str) -> tuple[str, ...]:
    """Return what carries a path into the cloud, or refuses to go on without it."""
    return (_NO_KIND[path],) if path in _NO_KIND else enforced(path)


def why(profile: Profile, path: str) -> Mapping[str, str]:
    """Return the reason given for a path itself, by language; empty for none."""
    return next((reason for pattern, reason in profile.why.items() if matches(pattern, path)), {})


def binding(profile: Profile, path: str) -> tuple[Floor, ...]:
    """Return the strictest floor of each direction that holds a path."""
    held = [each for each in profile.floors if matches(each.path, path)]
    found = []
    for direction in DIRECTIONS:
        of_it = [each for each in held if each.direction == direction]
        tightest = [one for one in of_it if all(tighter(one, other) for other in of_it)]
        found += tightest[-1:] or of_it[-1:]
    return tuple(found)


def tighter(one: Floor, other: Floor) -> bool:
    """Tell whether a floor allows nothing that another floor of its direction does not (they may be equal)."""
    return honours(other, one.bound)


def stricter(a: Promise | None, b: Promise | None) -> Side | None:
    """Return which of two promises on one path is the stricter, as the directions of their floors tell.

    ``opposed`` when each demands what the other forbids; None where no floor gives a direction, or both are the same.
    """
    verdicts = {_by(direction, a, b) for direction in DIRECTIONS} - {None}
    if "opposed" in verdicts:
        return "opposed"
    return verdicts.pop() if len(verdicts) == 1 else None


def _by(direction: str, a: Promise | None, b: Promise | None) -> Side | None:
    ours = a.floor(direction) if a else None
    theirs = b.floor(direction) if b else None
    if ours and theirs and _apart(ours, theirs):
        return "opposed"
    floors = [each for each in (ours, theirs) if each is not None]
    if not floors:
        return None
    kept = [each is not None and all(honours(floor, each.value) for floor in floors) for each in (a, b)]
    if kept[0] != kept[1]:
        return _first(*kept)
    return (_values(direction, a, b) if all(kept) else None) or _bounds(ours, theirs)


def _apart(one: Floor, other: Floor) -> bool:
    """Tell whether nothing can stay within both of two floors of one direction."""
    if one.direction == "one_of":
        return not any(each in other.bound for each in one.bound)
    return one.direction == "exactly" and not tighter(one, other)


def _values(direction: str, a: Promise | None, b: Promise | None) -> Side | None:
    """Compare two values that both keep the floors: what the one would be as a bound for the other."""
    if a is None or b is None or direction in {"exactly", "one_of"}:
        return None
    left, right = (Floor(each.path, direction, each.value, each.origin, "") for each in (a, b))
    return _first(honours(right, a.value), honours(left, b.value))


def _bounds(ours: Floor | None, theirs: Floor | None) -> Side | None:
    if ours is None or theirs is None:
        return _first(ours is not None, theirs is not None)
    return _first(tighter(ours, theirs), tighter(theirs, ours))


def _first(a: bool, b: bool) -> Side | None:  # noqa: FBT001 (two halves of one comparison)
    return None if a == b else "a" if a else "b"
