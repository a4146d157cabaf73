"""Whose project an access sees that sees no other."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import provision.resources  # noqa: F401 (registers every kind)
from provision.cloud.ids import Ids
from provision.errors import Forbidden
from provision.kind import kinds
from provision.model.address import Address
from provision.model.marker import Owner
from provision.observe.membership import of_members, own_tenant

ACME = Address("project", "acme", "acme")
OURS = Owner("ours")


def seeing(description):
    """A cloud whose Keystone shows the project that we are scoped to, or refuses (None)."""

    def get(path):
        assert path == "/projects/p1"
        if description is None:
            raise Forbidden("403 not yours", where=path, status=403)
        return {"project": {"id": "p1", "description": description}}

    return SimpleNamespace(identity=SimpleNamespace(get=get), project="p1", owner=OURS, ids=Ids())


def test_the_mark_of_its_project_tells_whose_it_is():
    cloud = seeing(OURS.describe("Acme", ACME))
    assert own_tenant(cloud, frozenset({"acme", "globex"})) == "acme"
    assert cloud.ids.project("acme") == "p1"


@pytest.mark.parametrize(
    "description",
    [
        None,
        "",
        "somebody's own",
        OURS.describe("", Address("project", "other", "other")),
        OURS.describe("", Address("network", "acme", "backend")),
        Owner("theirs").describe("", ACME),
    ],
    ids=["refused", "empty", "unmarked", "not asked for", "no project's mark", "another estate's"],
)
def test_without_such_a_mark_it_is_nobodys(description):
    cloud = seeing(description)
    assert own_tenant(cloud, frozenset({"acme"})) is None
    assert cloud.ids.project("acme") is None


def test_nothing_of_identity_or_of_quotas_is_for_members_to_make():
    made = of_members(kinds())
    assert {kind.service for kind in made.values()} == {"network"}
    assert not [name for name in made if name.endswith(("quota", "access", "assignment"))]
