from __future__ import annotations

import pytest
from answers import Answers, cloud, with_tenant
from written import written

from provision.cloud import shelf
from provision.errors import Conflict, Forbidden
from provision.model.address import Address
from provision.model.resource import Live
from provision.resources import container
from provision.resources.container import Container, ContainerSpec

ADDRESS = Address("container", "acme", "datasets")


def wanted(item, **rest):
    (want,) = Container().desire(written("acme", {"object": {**rest, "containers": {"datasets": item}}}))
    return want


def account(pages, **tables):
    made = with_tenant(cloud())
    answers = Answers(**{"": lambda marker, **_: {"items": pages.get(marker, [])}, **tables})
    made.account = {"acme-project": answers}.__getitem__
    made.api = lambda _service: answers
    return made, answers


def test_a_container_is_private_unless_it_says_otherwise():
    assert wanted({}).spec == ContainerSpec(read=(), write=())
    assert wanted({"read": "public"}).spec.read == (".r:*", ".rlistings")
    assert wanted({"read": [".r:.gouv.fr"], "write": "unmanaged"}).spec == ContainerSpec(
        read=(".r:.gouv.fr",)
    )


def test_quotas_versioning_and_cors():
    spec = wanted(
        {"quota": {"bytes": "50 GiB", "objects": "unlimited"}, "cors": "none"}, versioning=True
    ).spec
    assert (spec.quota_bytes, spec.quota_objects, spec.versioning, spec.cors) == (53687091200, -1, True, "")
    spec = wanted(
        {"quota": {"bytes": "default", "objects": "unmanaged"}, "versioning": False}, versioning=True
    ).spec
    assert (spec.quota_bytes, spec.quota_objects, spec.versioning, spec.cors) == (-1, None, False, None)


def test_versioning_is_wanted_by_the_line_that_says_so():
    tree = {"object": {"versioning": True, "containers": {"own": {"versioning": True}, "common": {}}}}
    tenant = written("acme", tree)
    own, common = Container().desire(tenant)
    assert own.where("versioning") == tenant.values.origin("object.containers.own.versioning")
    assert common.where("versioning") == tenant.values.origin("object.versioning")


def test_metadata_of_any_alphabet_goes_as_utf8_and_comes_back():
    made, answers = account({})
    want = wanted({"metadata": {"producer": "Préfecture — 東京", "year": 2026}})
    headers = container._headers(made, want, {})
    assert headers["x-container-meta-producer"].encode("latin-1").decode() == "Préfecture — 東京"
    answers.tables["/datasets"] = headers
    (live,) = Container().look(made, ADDRESS)
    assert live.owned
    assert live.spec.metadata == {"producer": "Préfecture — 東京", "year": "2026"} == want.spec.metadata


def test_only_what_we_wrote_is_removed():
    made, _ = account({})
    headers = container._headers(
        made, wanted({"metadata": {"licence": "etalab-2.0"}}), {"producer": "us", "licence": "x"}
    )
    assert headers["x-remove-container-meta-producer"]
    assert headers["x-container-meta-licence"] == "etalab-2.0"
    assert not any("theirs" in name for name in headers)


def test_what_the_tenant_adds_to_ours_is_not_ours_to_compare():
    made, answers = account({})
    headers = container._headers(made, wanted({"metadata": {"licence": "etalab-2.0"}}), {})
    answers.tables["/datasets"] = {
        **headers,
        "X-Container-Meta-Theirs": "kept",
        "X-Container-Meta-Temp-Url-Key": "k",
    }
    (live,) = Container().look(made, ADDRESS)
    assert live.spec.metadata == {"licence": "etalab-2.0"}


def test_a_container_of_theirs_shows_what_it_says_and_not_what_swift_does():
    made, answers = account({})
    marker = made.owner.marker(Address("container", "acme", "another"))  # copied along with its metadata
    answers.tables["/datasets"] = {
        "x-container-meta-provision": marker,
        "x-container-meta-licence": "odbl",
        "x-container-meta-temp-url-key": "secret",
        "x-container-meta-quota-bytes": "5",
    }
    (live,) = Container().look(made, ADDRESS)
    assert not live.owned
    assert (live.spec.metadata, live.spec.quota_bytes) == ({"licence": "odbl"}, 5)


def test_an_account_is_read_page_after_page(monkeypatch):
    monkeypatch.setattr(shelf, "PAGE", 2)
    pages = {None: [{"name": "a"}, {"name": "b c"}], "b c": [{"name": "d"}]}
    made, _ = account(pages, **{"/a": {}, "/b%20c": {}, "/d": {}})
    assert [live.address.name for live in Container().observe(made, frozenset({"acme"}))] == ["a", "b c", "d"]


def test_no_account_is_no_container_and_one_gone_meanwhile_is_gone():
    made, answers = account({None: [{"name": "gone"}]})
    assert list(Container().observe(made, frozenset({"acme"}))) == []
    del answers.tables[""]
    assert list(Container().observe(made, frozenset({"acme"}))) == []
    assert Container().look(cloud(), ADDRESS) == ()


def test_an_account_that_is_closed_to_us_says_which_role_opens_it():
    def closed(**_):
        raise Forbidden("no", status=403)

    made, answers = account({})
    answers.tables[""] = closed
    with pytest.raises(Forbidden) as refused:
        list(Container().observe(made, frozenset({"acme"})))
    assert "ResellerAdmin" in refused.value.render("fr")


def test_objects_are_the_tenants_to_delete():
    def delete(_path):
        raise Conflict("not empty", status=409)

    made = with_tenant(cloud())
    made.account = lambda _project: type("Account", (), {"delete": staticmethod(delete)})
    with pytest.raises(Conflict) as refused:
        Container().delete(made, Live(ADDRESS, "acme-project/datasets", ContainerSpec(), owned=True))
    assert "objets" in refused.value.render("fr")
