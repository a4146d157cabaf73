"""What may just have been created is asked for by its name: with ten thousand tenants a list is thirty thousand groups."""

from __future__ import annotations

import pytest
from answers import Answers, cloud
from written import written

from provision.kind import kinds

HOMES = {"project": ("/projects", {"domain_id": "default"}), "group": ("/groups", {"domain_id": "default"})}
TREE = {"identity": {"groups": {"team": {"roles": ["member"]}}}}


@pytest.mark.parametrize("name", HOMES)
def test_one_name_is_asked_for_and_not_everybodys(name):
    kind, (path, home) = kinds()[name], HOMES[name]
    (want,) = kind.desire(written("acme", TREE))
    other = {"id": "o1", "name": want.spec.name, "domain_id": "default", "enabled": True, "description": ""}
    marked = cloud()
    ours = {**other, "id": "a1", "description": marked.owner.describe("", want.address)}
    answers = Answers(**{path: {path[1:]: [ours]}})
    made = cloud(identity=answers)
    (found,) = kind.look_for(made, want)
    assert (found.id, found.owned, found.address) == ("a1", True, want.address)
    assert answers.sent == [(path, {**home, "name": want.spec.name})]


@pytest.mark.parametrize("name", HOMES)
def test_what_is_known_is_asked_for_by_its_id(name):
    kind, (path, _) = kinds()[name], HOMES[name]
    (want,) = kind.desire(written("acme", TREE))
    answers = Answers()
    made = cloud(identity=answers)
    made.ids.record(want.address, "a1")
    assert kind.look_for(made, want) == ()
    assert [asked for asked, _ in answers.sent] == [f"{path}/a1"]
