from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.record import merkle

# The tree of the certificate-transparency reference tests, which RFC 6962 and RFC 9162 hash alike.
VECTORS = [bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


def naive(data):
    """The definition of RFC 9162, 2.1.1, read out loud."""
    if not data:
        return hashlib.sha256(b"").digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    half = 1
    while half * 2 < len(data):
        half *= 2
    return hashlib.sha256(b"\x01" + naive(data[:half]) + naive(data[half:])).digest()


def test_the_known_tree_has_its_known_roots():
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    hashes = [merkle.leaf(each) for each in VECTORS]
    assert [merkle.root(hashes[:size]).hex() for size in range(1, 9)] == ROOTS


@given(LEAVES)
def test_the_frontier_comes_to_the_root_of_the_definition(data):
    grown = merkle.Frontier()
    for size, each in enumerate(data, 1):
        grown.add(merkle.leaf(each))
        assert grown.root() == naive(data[:size])
        assert grown.sound() and grown.size == size


@given(LEAVES, st.data())
def test_a_leaf_is_included_at_its_place_and_nowhere_else(data, draw):
    index = draw.draw(st.integers(0, len(data) - 1))
    hashes = [merkle.leaf(each) for each in data]
    path, head = merkle.inclusion(hashes, index), naive(data)
    assert merkle.includes(hashes[index], index, len(data), path, head)
    assert not merkle.includes(merkle.leaf(b"another leaf"), index, len(data), path, head)
    assert not merkle.includes(hashes[index], index, len(data), [*path, head], head)
    assert not merkle.includes(hashes[index], len(data), len(data), path, head)
    for at in range(len(path)):
        assert not merkle.includes(
            hashes[index], index, len(data), [*path[:at], merkle.EMPTY, *path[at + 1 :]], head
        )


@given(LEAVES, st.data())
def test_a_tree_extends_its_own_beginning_and_no_other(data, draw):
    before = draw.draw(st.integers(1, len(data)))
    hashes = [merkle.leaf(each) for each in data]
    path = merkle.consistency(hashes, before)
    old, new = naive(data[:before]), naive(data)
    assert merkle.extends(before, old, len(data), new, path)
    forged = naive([b"forged " + data[0], *data[1:before]])
    assert not merkle.extends(before, forged, len(data), new, path)
    assert not merkle.extends(before, old, len(data), merkle.EMPTY, path)
    assert not merkle.extends(before, old, len(data), new, [*path, new])
    if path:
        assert not merkle.extends(before, old, len(data), new, path[:-1])


def test_what_is_not_there_has_no_proof():
    hashes = [merkle.leaf(each) for each in VECTORS]
    for ask in (
        lambda: merkle.inclusion(hashes, 8),
        lambda: merkle.consistency(hashes, 0),
        lambda: merkle.consistency(hashes, 9),
    ):
        with pytest.raises(IndexError):
            ask()
    assert not merkle.extends(9, ROOTS[0], 8, ROOTS[1], [])
    assert not merkle.extends(3, bytes.fromhex(ROOTS[2]), 8, bytes.fromhex(ROOTS[7]), [])
