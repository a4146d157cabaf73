"""What nobody below a profile may weaken: reading, setting and checking floors.

A path may hold ``*`` for "each entry": ``networks.*.port_security``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any, Final

from provision.declare.node import Layer, Node, plain, put, spoken
from provision.errors import Mistake
from provision.model import quantity
from provision.model.estate import Floor
from provision.model.origin import Origin
from provision.model.quantity import QuantityError, Unit
from provision.model.tenant import Path
from provision.text import Text, same, say

_COUNTED: Final[tuple[Unit, ...]] = ("B", "kbit/s")
DIRECTIONS: Final = ("at_least", "at_most", "exactly", "contains", "one_of")


def floors_of(profile: str, floor: Node | None) -> tuple[Floor, ...]:
    """Read the ``floor:`` section of one profile."""
    if floor is None:
        return ()
    return tuple(
        Floor(path, direction, bound.value, bound.origin, profile)
        for path, bounds in floor.children.items()
        for direction, bound in bounds.children.items()
    )


def raised(root: Node, floors: Iterable[Floor]) -> Node:
    """Return the tree with each floor's bound where nobody says anything (``one_of`` leaves the choice open).

    What only a floor said so far yields to a stricter floor.
    """
    for floor in floors:
        if floor.direction == "one_of":
            continue
        for path in _places(root, floor.path.split("."), ()):
            node = root.at(path)
            if node is None or (node.layer.kind == "floor" and not honours(floor, node.value)):
                bound = plain(_bound(floor, node), floor.origin, Layer("floor", floor.profile), node)
                root = put(root, path, bound)
    return root


def _bound(floor: Floor, below: Node | None) -> Any:  # noqa: ANN401 (a YAML value)
    if floor.direction != "contains":
        return floor.bound
    held = below.value if below and below.is_list else []
    asked = floor.bound if isinstance(floor.bound, list) else [floor.bound]
    return [*held, *(item for item in asked if item not in held)]


def _places(node: Node | None, parts: Sequence[str], done: Path) -> Iterator[Path]:
    """Yield the paths that a floor speaks of; a missing last step is a place, a missing ``*`` is none."""
    if not parts:
        yield done
        return
    if parts[0] != "*":
        yield from _places(node.children.get(parts[0]) if node else None, parts[1:], (*done, parts[0]))
    elif node is not None:
        for key, child in node.children.items():
            yield from _places(child, parts[1:], (*done, key))


def weakened(root: Node, floors: Iterable[Floor]) -> Iterator[Mistake]:
    """Yield a mistake, at the line that weakens it, for each value that a floor does not allow.

    Of several floors of one direction that it breaks, the one nearest to the tenant is told: it is the strictest.
    """
    broken: dict[tuple[Path, str], Mistake] = {}
    for floor in floors:
        for path in _places(root, floor.path.split("."), ()):
            node = root.at(path)
            if node is not None and not node.template and not honours(floor, node.value):
                broken[(path, floor.direction)] = _mistake(floor, path, node, spoken(root, node))
    yield from broken.values()


def unchosen(root: Node, floors: Iterable[Floor]) -> Iterator[Floor]:
    """Yield the ``one_of`` floors about which a tenant's documents say nothing."""
    for floor in floors:
        places = _places(root, floor.path.split("."), ())
        if floor.direction == "one_of" and any(root.at(path) is None for path in places):
            yield floor


def quarrels(own: Sequence[Floor], inherited: Sequence[Floor]) -> Iterator[Mistake]:
    """Yield a mistake for each exact floor of a profile that an inherited floor forbids."""
    for floor in own:
        for above in inherited:
            if floor.path == above.path and floor.direction == "exactly" and not honours(above, floor.bound):
                at = plain(floor.bound, floor.origin, Layer("floor", floor.profile))
                yield _mistake(above, tuple(floor.path.split(".")), at, at.origin)


def matches(pattern: str, path: str) -> bool:
    """Tell whether a pattern (``networks.*.port_security``) speaks of a path, of the same depth."""
    return pattern.count(".") == path.count(".") and fnmatchcase(path, pattern)


def pins(floor: Floor, value: Any) -> bool:  # noqa: ANN401 (a YAML value)
    """Tell whether a floor allows nothing weaker than a value."""
    bound = [value] if floor.direction == "one_of" and not isinstance(value, list) else value
    return honours(replace(floor, bound=bound), floor.bound)


def honours(floor: Floor, value: object) -> bool:
    """Tell whether a value stays within a floor."""
    return _TESTS[floor.direction](value, floor.bound)


def _at_least(value: object, bound: object) -> bool:
    if value == "unlimited":
        return True
    left, right = _size(value), _size(bound)
    return left is not None and right is not None and left[1] == right[1] and left[0] >= right[0]


def _at_most(value: object, bound: object) -> bool:
    left, right = _size(value), _size(bound)
    return left is not None and right is not None and left[1] == right[1] and left[0] <= right[0]


def _size(value: object) -> tuple[float, str] | None:
    """Return a number with what it counts ('', bytes or kbit/s), or None for what has no size."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value), ""
    for unit in _COUNTED:
        with suppress(QuantityError):
            return float(quantity.parse(value, unit)), unit
    return None


def _exactly(value: object, bound: object) -> bool:
    if isinstance(value, list) and isinstance(bound, list):
        return sorted(map(repr, value)) == sorted(map(repr, bound))
    if type(value) is not type(bound):
        return False
    sizes = _size(value), _size(bound)
    return value == bound or (sizes[0] is not None and sizes[0] == sizes[1])


def _contains(value: object, bound: object) -> bool:
    held: Sequence[Any] = value if isinstance(value, list) else [value]
    asked: Sequence[Any] = bound if isinstance(bound, list) else [bound]
    return all(item in held for item in asked)


def _one_of(value: object, bound: object) -> bool:
    given: Sequence[Any] = value if isinstance(value, list) else [value]
    return isinstance(bound, list) and all(item in bound for item in given)


_TESTS: Final[dict[str, Callable[[object, object], bool]]] = {
    "at_least": _at_least,
    "at_most": _at_most,
    "exactly": _exactly,
    "contains": _contains,
    "one_of": _one_of,
}
_WORDS: Final = {
    "at_least": ("at least", "au moins"),
    "at_most": ("at most", "au plus"),
    "exactly": ("exactly", "exactement"),
    "contains": ("a list with", "une liste avec"),
    "one_of": ("one of", "une valeur parmi"),
}


def _mistake(floor: Floor, path: Path, node: Node, at: Origin) -> Mistake:
    en, fr = _WORDS[floor.direction]
    return Mistake(
        at.file,
        at.line,
        say(
            "{path}: {value} is weaker than the floor of profile {profile} ({words} {bound}, {place})",
            "{path} : {value} affaiblit le plancher du profil {profile} ({words} {bound}, {place})",
            path=".".join(path),
            value=shown(node.value),
            profile=floor.profile,
            words=Text(en, fr),
            bound=shown(floor.bound),
            place=floor.origin,
        ),
        say(
            "take another size, or write {path} yourself, {words} {bound}",
            "prendre une autre taille, ou écrire {path} soi-même, {words} {bound}",
            path=".".join(path),
            words=Text(en, fr),
            bound=shown(floor.bound),
        )
        if node.layer.kind == "size"
        else say(
            "write {words} {bound}, or take another profile",
            "écrire {words} {bound}, ou choisir un autre profil",
            words=Text(en, fr),
            bound=shown(floor.bound),
        ),
    )


def shown(value: object) -> Text:
    """Return a value as a document writes it."""
    if isinstance(value, bool):
        return same(str(value).lower())
    if isinstance(value, list):
        return same("[" + ", ".join(str(shown(item)) for item in value) + "]")
    return say("nothing", "rien") if value is None else same(str(value))
