"""A value of a document together with where it was written and what it stands in front of.

Nodes are shared: ten thousand tenants of one profile hold the nodes of that profile once, and each only what
is its own. That keeps memory flat, and lets checks be done once for what is shared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from provision.model.origin import Origin
from provision.model.tenant import Path, Values

LayerName = Literal["floor", "tenant", "size", "profile", "estate", "request", "evidence", "provision"]


@dataclass(frozen=True, slots=True)
class Layer:
    """Which document speaks: ``Layer("profile", "startup")``; a floor bears the name of its profile, a size its letter and factor."""

    kind: LayerName
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One value.

    `value` is plain (dict, list, str, int, float, bool, None); `children` are the entries of a mapping by key, or
    the items of a list by index ("0"); `below` is the node of a lower layer that this one hides; `template` tells
    whether there is a Jinja expression in it or beneath it. The origin of an entry is the line of its key.
    """

    value: Any
    origin: Origin
    layer: Layer
    children: Mapping[str, Node] = field(default_factory=dict)
    below: Node | None = None
    template: bool = False

    @property
    def is_mapping(self) -> bool:
        """Tell a mapping."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Tell a list."""
        return isinstance(self.value, list)

    def at(self, path: Sequence[str]) -> Node | None:
        """Return the node at a path beneath this one, or None."""
        found: Node | None = self
        for part in path:
            found = found.children.get(part) if found else None
        return found


def scalar(value: object, origin: Origin, layer: Layer, below: Node | None = None) -> Node:
    """Make the node of a plain value."""
    return Node(value, origin, layer, below=below, template=is_template(value))


def is_template(value: object) -> bool:
    """Tell a string with a Jinja expression in it."""
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def mapping(children: Mapping[str, Node], origin: Origin, layer: Layer, below: Node | None = None) -> Node:
    """Make the node of a mapping."""
    value = {key: child.value for key, child in children.items()}
    return Node(value, origin, layer, children, below, any(child.template for child in children.values()))


def sequence(items: Sequence[Node], origin: Origin, layer: Layer, below: Node | None = None) -> Node:
    """Make the node of a list."""
    children = {str(index): item for index, item in enumerate(items)}
    return Node([i.value for i in items], origin, layer, children, below, any(i.template for i in items))


def plain(value: object, origin: Origin, layer: Layer, below: Node | None = None) -> Node:
    """Make the node of a plain tree that was written (or computed) in one place."""
    if isinstance(value, dict):
        return mapping({str(k): plain(v, origin, layer) for k, v in value.items()}, origin, layer, below)
    if isinstance(value, list | tuple):
        return sequence([plain(item, origin, layer) for item in value], origin, layer, below)
    return scalar(value, origin, layer, below)


def put(root: Node, path: Sequence[str], new: Node) -> Node:
    """Return `root` with the node at `path` replaced or added; mappings on the way are made when missing."""
    if not path:
        return new
    child = root.children.get(path[0]) or mapping({}, new.origin, new.layer)
    return with_children(root, {**root.children, path[0]: put(child, path[1:], new)})


def drop(root: Node, path: Sequence[str]) -> Node:
    """Return `root` without the node at `path`, nor the sections that it leaves empty."""
    if path[0] not in root.children:
        return root
    children = dict(root.children)
    kept = drop(children[path[0]], path[1:]) if len(path) > 1 else None
    if kept is None or not kept.children:
        del children[path[0]]
    else:
        children[path[0]] = kept
    return with_children(root, children)


def with_children(node: Node, children: Mapping[str, Node]) -> Node:
    """Return a mapping or a list with other children, its place and what it hides kept."""
    if node.is_list:
        return sequence(list(children.values()), node.origin, node.layer, node.below)
    return mapping(children, node.origin, node.layer, node.below)


def spoken(root: Node, node: Node) -> Origin:
    """Return the line that somebody would change: of a value that a size made, the one that says the size."""
    size = root.at(("size",)) if node.layer.kind == "size" else None
    return size.origin if size else node.origin


class Origins(Mapping[Path, Origin]):
    """The origin of every path of a tree, read off its nodes."""

    __slots__ = ("root",)

    def __init__(self, root: Node) -> None:
        """Keep the root."""
        self.root = root

    def __getitem__(self, path: Path) -> Origin:
        """Return the origin of a path. Raises `KeyError`."""
        found = self.root.at(path)
        if found is None:
            raise KeyError(path)
        return found.origin

    def __iter__(self) -> Iterator[Path]:
        """Yield every path, the root (an empty path) first."""
        return (path for path, _ in walk(self.root))

    def __len__(self) -> int:
        """Count the paths."""
        return sum(1 for _ in walk(self.root))


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield every node beneath `node`, itself first, with its path."""
    yield path, node
    for key, child in node.children.items():
        yield from walk(child, (*path, key))


def values(root: Node) -> Values:
    """Return a tree of nodes as the values that the other rooms read."""
    return Values(root.value, Origins(root))
