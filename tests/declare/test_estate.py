from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from provision.declare import desired, enforced, explain, load, profiles_folder
from provision.declare.node import walk
from provision.declare.profiles import find
from provision.errors import DocumentErrors
from provision.model.address import Address
from provision.model.origin import Origin
from provision.model.resource import Desired
from provision.model.tenant import Tenant, Values


def test_two_lines_make_a_tenant(documents):
    documents.tenant("acme")
    estate = documents.load()
    acme = estate.tenants["acme"]
    assert (estate.name, estate.cloud, acme.profile, acme.profile_version) == ("demo", None, "plain", "1.0.0")
    assert acme.values.get("title") == "acme" and acme.values.get("owner.name") == "acme"
    assert acme.values.get("quotas.compute.cores") == 10
    assert acme.estate.get("pools.ipv6") == "tenants-v6"


def test_floor_tenant_profile_parent_defaults(documents):
    documents.write(
        "estate.yaml",
        """
        estate: demo
        defaults:
          audit: {retention_days: 1}
          exit: {notice_days: 1}
          kind: startup
          classification: public
          hosts: {isolation: shared}
        """,
    )
    documents.profile("parent", "audit: {retention_days: 2}\nexit: {notice_days: 2}\nkind: partenaire\n")
    documents.profile("child", "audit: {retention_days: 3}\nexit: {notice_days: 3}\nfloor: {soc.sink: {exactly: s}}\n", "parent")  # fmt: skip
    documents.tenant("acme", "audit: {retention_days: 4}\n", "child")
    values = documents.load().tenants["acme"].values
    assert values.get("audit.retention_days") == 4
    assert values.get("exit.notice_days") == 3
    assert values.get("kind") == "partenaire"
    assert values.get("classification") == "public"
    assert values.get("soc.sink") == "s"


def test_every_value_of_a_tenant_is_written_somewhere(documents):
    documents.tenant("acme", "location:\n  allowed:\n    - fr-par\n")
    values = documents.load().tenants["acme"].values
    for path in values.origins:
        origin = values.origins[path]
        assert (documents.folder / origin.file).exists() and origin.line >= 1
    assert str(values.origin("location.allowed.0")) == "tenants/acme.yaml:5"
    assert str(values.origin("quotas.compute.ram")) == "profiles/plain/profile.yaml:5"


def test_tenants_of_one_profile_share_its_nodes(documents):
    for key in ("acme", "blue"):
        documents.tenant(key)
    acme, blue = (tenant.values.origins.root for tenant in documents.load().tenants.values())
    assert acme.children["quotas"] is blue.children["quotas"]
    assert sum(1 for _ in walk(acme)) == len(acme_paths(acme))


def acme_paths(root):
    return {path for path, _ in walk(root)}


def test_the_way_a_value_came_about_is_told(documents):
    documents.profile("child", "quotas: {compute: {cores: 20}}\n")
    documents.tenant("acme", "quotas: {compute: {cores: 30}}\n", "child")
    estate = documents.load()
    said = explain(estate.tenants["acme"], "quotas.compute.cores")
    assert [(each.layer.kind, each.layer.name, each.value) for each in said] == [
        ("tenant", "acme", 30),
        ("profile", "child", 20),
        ("profile", "plain", 10),
    ]
    assert str(said[1].origin) == "profiles/child/profile.yaml:5"
    assert [each.value for each in explain(estate.profiles["child"], "quotas.compute.cores")] == [20, 10]
    assert explain(estate.tenants["acme"], "quotas.compute.nothing") == ()


def test_values_that_no_document_said_have_no_story():
    bare = Tenant("acme", "plain", "1.0.0", Values({"a": 1}, {}), Values({}, {}))
    assert explain(bare, "a") == ()


def test_what_is_enforced_and_what_is_only_recorded():
    assert enforced("quotas.compute.cores") == ("compute_quota",)
    assert enforced("hosts.isolation") == ("host_aggregate",)
    assert enforced("audit.retention_days") == () and enforced("ha.network") == ()


def test_an_estates_own_profile_stands_before_a_shipped_one(documents, monkeypatch, tmp_path):
    shipped = tmp_path / "shipped"
    for name, cores in (("base", 1), ("other", 2)):
        (shipped / name).mkdir(parents=True)
        text = f"profile: {name}\nversion: 1.0.0\ntitle: T\nquotas: {{compute: {{cores: {cores}, instances: 5}}}}\n"
        (shipped / name / "profile.yaml").write_text(text + ("extends: base\n" if name == "other" else ""))
    monkeypatch.setattr("provision.declare.estate.profiles_folder", lambda: shipped)
    documents.profile("base", "quotas: {compute: {cores: 9}}\n", extends="base")
    documents.tenant("acme", profile="base")
    documents.tenant("blue", profile="other")
    tenants = documents.load().tenants
    assert tenants["acme"].values.get("quotas.compute") == {"cores": 9, "instances": 5}
    assert tenants["blue"].values.get("quotas.compute") == {"cores": 2, "instances": 5}
    assert (
        str(tenants["acme"].values.origin("quotas.compute.instances"))
        == "provision/profiles/base/profile.yaml:4"
    )


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        ({"a": "b", "b": "a"}, "profiles extend one another in a circle: a → b → a"),
        ({"a": "a"}, "profiles extend one another in a circle: a → a"),
        ({"a": "plan"}, "there is no profile 'plan' → did you mean plain?"),
    ],
)
def test_chains_that_lead_nowhere_are_told(documents, chain, said):
    for name, parent in chain.items():
        documents.profile(name, extends=parent)
    documents.tenant("acme", profile="a")
    assert said in documents.mistake()


def test_a_profile_bears_the_name_of_its_folder(documents):
    documents.write("profiles/one/profile.yaml", "profile: two\nversion: 1.0.0\ntitle: T\n")
    assert documents.mistake() == (
        "profiles/one/profile.yaml:1 the profile calls itself two, its folder is one → write profile: one"
    )


def test_a_profile_that_is_a_floor_cannot_be_taken(documents):
    documents.profile("ground", "assignable: false\n")
    documents.tenant("acme", profile="ground")
    assert "profile ground is a floor for others" in documents.mistake()
    assert "known: plain" in documents.mistake()


def test_profiles_say_what_they_inherit(documents):
    documents.profile("one", "summary: S\nwhy: {audit.retention_days: {en: Law, fr: Loi}}\nfloor: {exit.notice_days: {at_least: 21}}\n")  # fmt: skip
    documents.profile("two", "floor: {exit.notice_days: {at_most: 90}}\n", "one")
    two = documents.load().profiles["two"]
    assert [(each.path, each.direction, each.profile) for each in two.floors] == [
        ("exit.notice_days", "at_least", "one"),
        ("exit.notice_days", "at_most", "two"),
    ]
    assert two.why == {"audit.retention_days": {"en": "Law", "fr": "Loi"}} and two.extends == "one"
    assert two.title == {"en": "two", "fr": "two"}


def test_only_yaml_files_are_tenants(documents):
    documents.tenant("acme")
    documents.write("tenants/README.md", "not a tenant")
    documents.write("tenants/blue.yml", "tenant: blue\nprofile: plain\n")
    assert sorted(documents.load().tenants) == ["acme", "blue"]


def test_shipped_profiles_are_found_where_they_are_installed():
    assert (profiles_folder() / "socle" / "profile.yaml").is_file()


def test_the_shape_of_shipped_profiles_is_right():
    """So that whoever loads an estate need not look at it each time."""
    mistakes = []
    assert len(list(find(profiles_folder(), "profiles", mistakes, shipped=False))) > 1
    assert mistakes == []


@dataclass(frozen=True)
class Spec:
    value: int = 1


def kind(*names):
    def desire(tenant):
        for line, name in enumerate(names, start=1):
            yield Desired(Address("thing", tenant.key, name), Spec(), Origin("a.yaml", line))

    return SimpleNamespace(desire=desire, of_estate=False)


def test_what_is_desired_is_sorted_and_retires_with_its_tenant(documents, monkeypatch):
    documents.tenant("acme", "state: retired\nretirement: {reason: Gone, date: 2026-11-01}\n")
    documents.tenant("blue")
    monkeypatch.setattr("provision.declare.kinds", lambda: {"thing": kind("b", "a")})
    tenants = documents.load().tenants
    assert [want.address.name for want in desired(tenants["blue"])] == ["a", "b"]
    assert [want.retired for want in desired(tenants["blue"])] == [None, None]
    (leaving, _) = desired(tenants["acme"])
    assert (leaving.retired.reason, leaving.retired.date) == ("Gone", "2026-11-01")
    assert str(leaving.retired.origin) == "tenants/acme.yaml:3"


def test_one_address_is_asked_for_once(documents, monkeypatch):
    documents.tenant("acme")
    monkeypatch.setattr("provision.declare.kinds", lambda: {"thing": kind("a", "a")})
    with pytest.raises(DocumentErrors, match=r"a.yaml:2: thing/acme/a is asked for twice, first in a.yaml:1"):
        desired(documents.load().tenants["acme"])


@pytest.mark.timeout(30)
def test_a_thousand_tenants_load_in_seconds(documents):
    for number in range(1000):
        documents.tenant(f"t{number:04}")
    assert len(load(documents.folder).tenants) == 1000
