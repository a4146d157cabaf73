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


def test_a_pseudonym_stands_wherever_the_key_would_and_is_read_back():
    owner, other = Owner("demo", {"acme": "tqq"}), Owner("demo")
    for address in (ADDRESS, Address("project", "acme", "acme")):
        described = owner.describe("Words", address)
        assert "acme" not in described
        assert owner.read(described) == ("Words", address)
        assert other.read(described)[1].tenant == "tqq"
        assert owner.read(other.describe("Words", address)) == ("Words", address)
    other.learn(owner.of("acme"))
    assert other.read(owner.marker(ADDRESS)) == ("", ADDRESS)
    assert owner.of("else").pseudonyms == {}


def test_the_tag_of_a_tenant_that_got_a_pseudonym_goes():
    owner = Owner("demo", {"acme": "tqq"})
    before = ["theirs", *Owner("demo").tags("acme")]
    after = owner.tagged(before, "acme")
    assert after == ["provision.estate=demo", "provision.tenant=tqq", "theirs"]
    assert owner.tenant(after) == owner.tenant(before) == "acme"
    assert owner.tagged(after, "acme") == after
    assert owner.tagged(["provision.tenant=else"], "acme")[-1] == "provision.tenant=tqq"
