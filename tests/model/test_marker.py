from __future__ import annotations

import pytest

from provision.model.address import Address
from provision.model.marker import MAX_DESCRIPTION, Owner

ADDRESS = Address("container", "acme", "a/b")


@pytest.mark.parametrize("text", ["", "Acme", "Acme [draft]", "é" * 400])
def test_what_was_described_is_read_back(text):
    described = Owner("demo").describe(text, ADDRESS)
    assert len(described) <= MAX_DESCRIPTION
    assert Owner("demo").read(described) == (Owner("demo").kept(text, ADDRESS), ADDRESS)
    assert text.startswith(Owner("demo").kept(text, ADDRESS))


@pytest.mark.parametrize(
    "description",
    [
        None,
        "",
        "Acme",
        "[provision:acme g:12345678]",
        "[provision:/// g:12345678]",
        "[provision:network/acme/backend g:12345678]",
        Owner("another").describe("Acme", ADDRESS),
        Owner("demo").marker(ADDRESS) + " and more",
    ],
)
def test_what_is_not_ours_is_left_as_it_is(description):
    assert Owner("demo").read(description) == (description or "", None)
