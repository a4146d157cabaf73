from __future__ import annotations

import re

import pytest
from answers import Answers, cloud, with_tenant
from written import written

from provision.cloud.plate import Door
from provision.errors import NotFound
from provision.kind import Unmet
from provision.model.address import Address
from provision.model.document import NAME
from provision.model.resource import Live
from provision.resources.domain import Domain
from provision.resources.group import Group
from provision.resources.project import Project
from provision.resources.role_assignment import RoleAssignment, RoleAssignmentSpec

OWN = {"identity": {"domain": "dedicated"}}
RETIRED = {"state": "retired", "retirement": {"reason": "moved away", "date": "2026-11-01"}}


def one(found):
    (only,) = found
    return only


def test_a_shared_tenant_has_no_domain_and_its_project_needs_none():
    tenant = written("acme", {})
    assert list(Domain().desire(tenant)) == []
    project = one(Project().desire(tenant))
    assert (project.spec.domain, project.needs) == ("Default", frozenset())
    assert project.where("domain").file == "estate.yaml"


def test_a_dedicated_tenant_has_a_domain_which_its_project_and_groups_need():
    tenant = written("acme", {"identity": {"domain": "dedicated", "groups": {"admins": {}}}})
    domain = one(Domain().desire(tenant))
    for kind in (Project(), Group()):
        want = one(kind.desire(tenant))
        assert (want.spec.domain, want.needs) == ("dedicated", {domain.address})
        assert want.where("domain") == domain.origin == tenant.values.origin("identity.domain")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (None, ""),
        ("Acme", "Acme"),
        ({"fr": "Acmé", "en": "Acme"}, "Acmé / Acme"),
        ({"fr": "Acme", "en": "Acme"}, "Acme"),
    ],
)
def test_the_title_becomes_the_description(title, text):
    tenant = written("acme", {**OWN, **({"title": title} if title else {})})
    assert one(Project().desire(tenant)).spec.description == text
    assert one(Domain().desire(tenant)).spec.description == text


def test_a_description_is_wanted_as_it_will_be_read_back():
    want = one(Project().desire(written("acme", {"title": "long " * 100})))
    made = cloud()
    kept = Project().resolve(made, want).spec.description
    assert made.owner.read(made.owner.describe(kept, want.address)) == (kept, want.address)
    assert 150 < len(kept) < 255


def test_a_domain_that_is_not_there_is_said_with_the_nearest_name_and_the_line():
    tenant = written("acme", {"identity": {"groups": {"admins": {}}}}, {"domain": "Defualt"})
    for kind in (Project(), Group()):
        with pytest.raises(Unmet) as unmet:
            kind.resolve(cloud(), one(kind.desire(tenant)))
        assert unmet.value.where == str(tenant.estate.origin("domain"))
        assert "Defualt" in unmet.value.render("fr")
        assert "(Default)" in unmet.value.render("fr")


def test_retiring_a_group_retires_its_roles_and_nobody_elses():
    groups = {"admins": {"roles": ["member"], **RETIRED}, "readers": {"roles": ["reader"]}}
    tenant = written("acme", {"identity": {"groups": groups}})
    gone = {
        want.address.name: want.retired
        for want in (*Group().desire(tenant), *RoleAssignment().desire(tenant))
    }
    assert {name for name, why in gone.items() if why} == {"admins", "admins:member"}
    assert gone["admins"].reason == "moved away"
    assert gone["admins"].origin == tenant.values.origin("identity.groups.admins.state")


def test_retiring_a_tenant_retires_everything():
    tenant = written(
        "acme", {**RETIRED, "identity": {"domain": "dedicated", "groups": {"admins": {"roles": ["member"]}}}}
    )
    wants = [
        want for kind in (Domain(), Project(), Group(), RoleAssignment()) for want in kind.desire(tenant)
    ]
    assert len(wants) == 4
    assert all(want.retired for want in wants)


def project(name, domain="default", description="", tags=()):
    return {
        "id": f"id-{name}-{domain}",
        "name": name,
        "domain_id": domain,
        "description": description,
        "enabled": True,
        "tags": list(tags),
    }


def test_a_project_is_ours_by_its_marker_or_by_its_tags_whatever_it_is_called():
    made = cloud()
    marked = project("renamed", description=f"Acme {made.owner.marker(Address('project', 'acme', 'acme'))}")
    tagged = project("other", description="edited by hand", tags=made.owner.tags("beta"))
    elsewhere = project("gamma", tags=["provision.tenant=gamma", "provision.estate=another"])
    made.identity = Answers(**{"/projects": {"projects": [marked, tagged, elsewhere, project("unknown")]}})
    found = {
        live.address.tenant: live.owned
        for live in Project().observe(made, frozenset({"acme", "beta", "gamma"}))
    }
    assert found == {"acme": True, "beta": True, "gamma": False}


def test_the_plate_of_a_lease_is_nobodys_project():
    made = cloud()
    door = Door(made, "default", "contract", 1.0)
    plate = project(
        door.name,
        description=door._marked("Held by me."),
        tags=["provision.lease", "provision.estate=contract"],
    )
    made.identity = Answers(**{"/projects": {"projects": [plate]}})
    keys = frozenset({"acme", "contract", door.name})
    assert [live for live in Project().observe(made, keys) if live.owned] == []
    assert not re.fullmatch(NAME, door.name), "no tenant's key may be the plate's name"


def in_anothers_domain():
    """A cloud where the people of ``beta`` run the domain ``beta-own``, and know how the marks of ``acme`` look."""
    made = with_tenant(cloud(), "beta", domain="beta-own")
    marker = made.owner.marker(Address("domain", "beta", "beta"))
    made.domain_bodies["beta-own"] = {"id": "beta-own", "name": "beta", "description": marker}
    return made


def test_marks_copied_into_another_tenants_domain_count_for_nothing():
    made = in_anothers_domain()
    mark = made.owner.marker(Address("project", "acme", "acme"))
    forged = [
        project("acme", "beta-own", description=mark),
        project("forged", "beta-own", tags=made.owner.tags("acme")),
    ]
    made.identity = Answers(**{"/projects": {"projects": forged}})
    assert [live.owned for live in Project().observe(made, frozenset({"acme", "beta"}))] == [False]
    mark = made.owner.marker(Address("group", "acme", "admins"))
    body = {**group("acme-admins", "beta-own"), "description": mark}
    theirs = one(Group().observe(_with(made, "/groups", [body]), frozenset({"acme", "beta"})))
    assert (theirs.address.tenant, theirs.owned) == ("beta", False)


def test_a_project_of_the_same_name_in_another_domain_is_not_in_the_way():
    made = with_tenant(cloud(), domain="own")
    made.identity = Answers(**{"/projects": {"projects": [project("acme"), project("acme", "own")]}})
    assert [live.id for live in Project().observe(made, frozenset({"acme"}))] == ["id-acme-own"]


def group(name, domain="default"):
    return {"id": f"id-{name}", "name": name, "domain_id": domain, "description": None}


def test_groups_of_others_stand_under_the_tenant_whose_name_or_domain_they_bear():
    made = with_tenant(cloud(), "clinic", domain="own")
    names = ["acme-admins", "acme-prod-admins", "operators", "clinic-in-default"]
    made.identity = Answers(
        **{
            "/groups": {
                "groups": [*map(group, names), group("clinic-doctors", "own"), group("nurses", "own")]
            }
        }
    )
    found = list(Group().observe(made, frozenset({"acme", "acme-prod", "clinic"})))
    assert not any(live.owned for live in found)
    assert [f"{live.address.tenant}/{live.address.name}" for live in found] == [
        "acme/admins",
        "acme-prod/admins",
        "clinic/doctors",
        "clinic/nurses",
    ]
    assert {live.address.name: live.spec.domain for live in found}["nurses"] == "dedicated"


def assignment(role, on, target, *, inherited=False, **actor):
    ((kind, name),) = actor.items()
    scope = {on: {"id": target}, **({"OS-INHERIT:inherited_to": "projects"} if inherited else {})}
    who = {"id": f"id-{name}", "name": name, "domain": {"name": "Default"}}
    return {kind: who, "role": {"id": f"id-{role}", "name": role}, "scope": scope}


def test_every_role_on_a_tenant_is_seen_and_only_those_of_our_groups_are_ours():
    made = with_tenant(cloud(), domain="own")
    made.ids.record(Address("group", "acme", "admins"), "id-acme-admins")
    made.identity = Answers(
        **{
            "/role_assignments": {
                "role_assignments": [
                    assignment("member", "project", "acme-project", group="acme-admins"),
                    assignment("manager", "domain", "own", group="acme-admins"),
                    assignment("admin", "domain", "own", group="acme-admins", inherited=True),
                    assignment("admin", "project", "acme-project", user="root"),
                    assignment("reader", "project", "acme-project", group="auditors"),
                    assignment("reader", "project", "somebody-elses", group="acme-admins"),
                    {**assignment("admin", "system", "", user="root"), "scope": {"system": {"all": True}}},
                ]
            }
        }
    )
    found = {live.address.name: live for live in RoleAssignment().observe(made, frozenset({"acme"}))}
    assert {name: live.owned for name, live in found.items()} == {
        "admins:member": True,
        "admins:manager@domain": True,
        "group:acme-admins@Default:admin@domain/inherited": False,
        "user:root@Default:admin": False,
        "group:auditors@Default:reader": False,
    }
    assert found["admins:member"].id == "/projects/acme-project/groups/id-acme-admins/roles/id-member"
    assert found["admins:manager@domain"].spec == RoleAssignmentSpec("admins", "manager", "domain")


def test_few_places_are_asked_about_one_by_one_and_many_at_once():
    made = with_tenant(with_tenant(cloud(), domain="own"), "other")
    made.identity = Answers(**{"/role_assignments": {"role_assignments": []}})

    def asked(*tenants):
        made.identity.sent.clear()
        assert list(RoleAssignment().observe(made, frozenset(tenants))) == []
        return [params for _, params in made.identity.sent]

    named = {"include_names": "true"}
    assert asked("acme") == [
        {"scope.project.id": "acme-project", **named},
        {"scope.domain.id": "own", **named},
    ]
    assert asked("acme", "other") == [named]
    assert asked("nobody") == []


def test_a_group_that_only_bears_our_name_has_no_roles_of_ours():
    made = with_tenant(cloud())
    theirs = next(iter(Group().observe(_with(made, "/groups", [group("acme-admins")]), frozenset({"acme"}))))
    made.ids.record_live(theirs)
    body = assignment("member", "project", "acme-project", group="acme-admins")
    made.identity = Answers(**{"/role_assignments": {"role_assignments": [body]}})
    assert not one(RoleAssignment().observe(made, frozenset({"acme"}))).owned


def _with(made, path, items):
    """Answer a list, of one domain where that is asked for."""

    def listed(domain_id=None):
        return {path.strip("/"): [each for each in items if domain_id in (None, each.get("domain_id"))]}

    made.identity = Answers(**{path: listed})
    return made


def held(who, role, on="project"):
    spec = RoleAssignmentSpec(who, role, on)
    return Live(
        Address("role_assignment", "acme", f"{who}:{role}@{on}"), f"{who}-{role}-{on}", spec, owned=False
    )


@pytest.mark.parametrize(
    ("lives", "objected"),
    [
        ([held("user:a@b", "member"), held("user:a@b", "reader")], []),
        ([held("user:a@b", "admin")], ["user:a@b-admin-project"]),
        ([held("user:a@b", "observer", "inherited")], ["user:a@b-observer-inherited"]),
        ([held("user:a@b", "member", "domain")], ["user:a@b-member-domain"]),
        (
            [held("user:a@b", "manager", "domain"), held("user:a@b", "member"), held("user:c@b", "member")],
            ["user:a@b-manager-domain", "user:a@b-member-project"],
        ),
    ],
)
def test_the_documents_object_to_roles_past_the_list_and_to_those_that_must_be_apart(lives, objected):
    roles = {"delegated": "manager", "allowed": ["member", "reader"], "incompatible": [["manager", "member"]]}
    tenant = written("acme", {"identity": {"roles": roles}})
    assert sorted(RoleAssignment().objections(tenant, lives)) == objected
    assert RoleAssignment().objections(written("acme", {}), lives) == {}


def test_a_role_that_is_not_there_is_said_with_its_line():
    tenant = written("acme", {"identity": {"groups": {"admins": {"roles": ["reader", "membre"]}}}})
    fine, wrong = RoleAssignment().desire(tenant)
    assert RoleAssignment().resolve(cloud(), fine) is fine
    with pytest.raises(Unmet) as unmet:
        RoleAssignment().resolve(cloud(), wrong)
    assert unmet.value.where == str(tenant.values.origin("identity.groups.admins.roles.1"))
    assert "(member)" in unmet.value.render("en")


def test_domain_roles_are_for_domains_of_ones_own():
    groups = {"groups": {"admins": {"domain_roles": ["manager"]}}}
    assert list(RoleAssignment().desire(written("acme", {"identity": groups}))) == []
    want = one(RoleAssignment().desire(written("acme", {"identity": {**groups, "domain": "dedicated"}})))
    assert want.address.name == "admins:manager@domain"
    assert Address("domain", "acme", "acme") in want.needs


@pytest.mark.parametrize("kind", [Domain(), Project(), Group()])
def test_what_is_gone_is_not_seen(kind):
    made = with_tenant(cloud(identity=Answers()), domain="own")
    address = Address(kind.name, "acme", "acme")
    made.ids.record(address, "gone")
    assert kind.look(made, address) == ()


def within_directories(made, items, scope="default"):
    """A Keystone whose domains may have directories: without a domain it lists that of our own project alone."""

    def listed(domain_id=scope, name=None):
        return {
            "groups": [
                each for each in items if each["domain_id"] == domain_id and name in (None, each["name"])
            ]
        }

    made.identity = Answers(**{"/groups": listed})
    return made


def asked(made):
    return [params.get("domain_id") for path, params in made.identity.sent if path == "/groups"]


def test_groups_of_other_domains_are_asked_for_where_keystone_lists_one_alone():
    made = with_tenant(cloud(), "clinic", domain="own")
    made.domain_bodies |= {
        "own": {"name": "clinic", "description": made.owner.marker(Address("domain", "clinic", "clinic"))},
        "others": {"name": "others", "description": made.owner.marker(Address("domain", "beta", "beta"))},
        "shared": {"name": "shared", "description": "everybody's"},
    }
    made.shared.domains = lambda: {
        "Default": "default",
        "clinic": "own",
        "others": "others",
        "shared": "shared",
    }
    mark = made.owner.marker(Address("group", "clinic", "nurses"))
    far = {
        **group("acme-admins", "shared"),
        "description": made.owner.marker(Address("group", "acme", "admins")),
    }
    rows = [group("somebody"), {**group("nurses", "own"), "description": mark}, far, group("x", "others")]
    found = list(Group().observe(within_directories(made, rows), frozenset({"acme", "clinic"})))
    assert {str(live.address): live.owned for live in found} == {
        "group/clinic/nurses": True,
        "group/acme/admins": True,
    }
    assert asked(made) == [None, "own", "shared"]


def test_they_are_not_where_it_lists_them_all():
    made = with_tenant(cloud(), "clinic", domain="own")
    rows = [group("somebody"), group("nurses", "own")]
    assert [
        live.address.name for live in Group().observe(_with(made, "/groups", rows), frozenset({"clinic"}))
    ] == ["nurses"]
    assert asked(made) == [None]


FROM_A_DIRECTORY = {
    "identity": {
        "domain": "dedicated",
        "source": "ldap",
        "groups": {"nurses": {"description": "Those who care"}},
    }
}


def with_directory(rows):
    made = with_tenant(cloud(), "clinic", domain="own")
    made.ids.record(Address("domain_directory", "clinic", "clinic"), "own")
    return within_directories(made, rows)


def test_a_group_of_a_directory_is_found_and_neither_made_nor_changed():
    (want,) = Group().desire(written("clinic", FROM_A_DIRECTORY))
    assert want.spec.description is None
    assert Address("domain_directory", "clinic", "clinic") in want.needs
    made = with_directory([group("clinic-nurses", "own")])
    assert Group().resolve(made, want) == want
    (seen,) = Group().observe(made, frozenset({"clinic"}))
    assert seen.owned and seen.address == want.address
    assert Group().create(made, want).id == seen.id


def test_a_group_that_a_directory_lacks_is_asked_of_whoever_keeps_it():
    (want,) = Group().desire(written("clinic", FROM_A_DIRECTORY))
    with pytest.raises(NotFound, match="the directory has no group clinic-nurses"):
        Group().create(with_directory([]), want)


def test_what_goes_leaves_the_directory_as_it_is():
    assert list(Group().desire(written("clinic", {**FROM_A_DIRECTORY, **RETIRED}))) == []
