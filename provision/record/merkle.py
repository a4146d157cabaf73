"""The Merkle tree of RFC 9162, section 2.1: hashes, a frontier that grows leaf by leaf, and both proofs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EMPTY: Final = hashlib.sha256(b"").digest()
SIZE: Final = 32  # bytes of a hash


def leaf(data: bytes) -> bytes:
    """Return the hash of an entry."""
    return hashlib.sha256(b"\0" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees."""
    return hashlib.sha256(b"\1" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """All that is needed to grow a tree: its size, and the roots of its whole subtrees, the largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def add(self, hashed: bytes) -> None:
        """Grow by the hash of one leaf."""
        lower = self.size
        while lower & 1:
            hashed = node(self.peaks.pop(), hashed)
            lower >>= 1
        self.peaks.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of all that was added."""
        if not self.peaks:
            return EMPTY
        result = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            result = node(peak, result)
        return result

    def sound(self) -> bool:
        """Tell whether there are as many subtrees as a tree of this size has."""
        return self.size >= 0 and len(self.peaks) == self.size.bit_count()


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the hashes of leaves."""
    grown = Frontier()
    for each in leaves:
        grown.add(each)
    return grown.root()


def _left(size: int) -> int:
    """Return the size of the left subtree of a tree of two leaves at least: the largest power of two below its size."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return what, beside a leaf, leads to the root. Raises `IndexError` for a leaf that is not there."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    left = _left(len(leaves))
    if index < left:
        return [*inclusion(leaves[:left], index), root(leaves[left:])]
    return [*inclusion(leaves[left:], index - left), root(leaves[:left])]


def includes(hashed: bytes, index: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Tell whether a path leads from a leaf to the root of a tree of this size."""
    if not 0 <= index < size:
        return False
    at, last, result = index, size - 1, hashed
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            result = node(step, result)
            at, last = _climb(at, last)
        else:
            result = node(result, step)
        at, last = at >> 1, last >> 1
    return last == 0 and result == head


def _climb(at: int, last: int) -> tuple[int, int]:
    """Pass the levels at which a rightmost node has no sibling."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def consistency(leaves: Sequence[bytes], before: int) -> list[bytes]:
    """Return what shows that the tree of the first leaves (`before` of them) was only added to. Raises `IndexError`."""
    if not 0 < before <= len(leaves):
        raise IndexError(before)
    return _subproof(leaves, before, whole=True)


def _subproof(leaves: Sequence[bytes], before: int, *, whole: bool) -> list[bytes]:
    if before == len(leaves):
        return [] if whole else [root(leaves)]
    left = _left(len(leaves))
    if before <= left:
        return [*_subproof(leaves[:left], before, whole=whole), root(leaves[left:])]
    return [*_subproof(leaves[left:], before - left, whole=False), root(leaves[:left])]


def extends(before: int, old: bytes, size: int, new: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether a path shows that the tree of root `new` holds the tree of root `old` as its first leaves."""
    if before == size:
        return not path and old == new
    if not 0 < before < size:
        return False
    steps = list(path) if before & (before - 1) else [old, *path]
    if not steps:
        return False
    at, last = before - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node(step, first), node(step, second)
            at, last = _climb(at, last)
        else:
            second = node(second, step)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old and second == new
