from __future__ import annotations

from answers import Answers, cloud, with_tenant
from written import written

from provision.model.address import Address
from provision.model.marker import Owner
from provision.resources.dns_zone import MAX_DESCRIPTION, MAX_NAME, DnsZone

KEY = "a" * 31


def zone(number, project, **said):
    body = {"id": f"z{number}", "name": f"z{number}.example.", "project_id": project, "email": "a@b.example"}
    return {**body, "ttl": 3600, "description": None, "action": "NONE", **said}


def designate(*pages):
    """Pages of zones; all but the last say that there is another."""

    def listed(marker=None, **asked):
        assert asked["all_projects"] == "true", "the real one forgets it in the next page's address"
        number = next((index + 1 for index, page in enumerate(pages) if marker == page[-1]["id"]), 0)
        following = {"next": "…"} if number < len(pages) - 1 else {}
        return {"zones": pages[number], "links": following}

    return Answers(**{"/zones": listed})


def test_every_page_is_asked_for_everybody_and_what_is_going_is_gone():
    ours = "acme-project"
    answers = designate(
        [zone(1, "theirs"), zone(2, ours)], [zone(3, ours, action="DELETE"), zone(4, ours)], [zone(5, ours)]
    )
    made = with_tenant(cloud(dns=answers))
    found = [live.address.name for live in DnsZone().observe(made, frozenset({"acme"}))]
    assert found == ["z2.example", "z4.example", "z5.example"]
    assert len(answers.sent) == 3


def test_a_marker_that_names_another_zone_counts_for_nothing():
    elsewhere = Owner("contract").marker(Address("dns_zone", "acme", "z9.example"))
    made = with_tenant(cloud(dns=designate([zone(1, "acme-project", description=elsewhere)])))
    (live,) = DnsZone().observe(made, frozenset({"acme"}))
    assert (live.owned, live.spec.description) == (False, elsewhere)


def test_the_longest_name_leaves_room_for_the_marker_of_any_tenant():
    name = "n" * (MAX_NAME - len(".example")) + ".example"
    tree = {"dns": {"zones": {"a": {"name": name, "email": "a@b.example", "description": "w" * 200}}}}
    (want,) = DnsZone().desire(written(KEY, tree))
    made = cloud()
    described = made.owner.describe("w" * 200, want.address, most=MAX_DESCRIPTION)
    assert len(described) <= MAX_DESCRIPTION
    assert made.owner.read(described) == (DnsZone().resolve(made, want).spec.description, want.address)


def test_who_answers_for_it_is_the_owner_where_it_does_not_say():
    tree = {"owner": {"email": "me@city.example"}, "dns": {"zones": {"a": {"name": "city.example."}}}}
    (want,) = DnsZone().desire(written("acme", tree))
    assert (want.address.name, want.spec.email) == ("city.example", "me@city.example")
    assert want.where("email") == written("acme", tree).values.origin("owner.email")
