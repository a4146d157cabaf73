"""The door, on the real services."""

import secrets

import pytest
import yaml

from provision import sandbox as control
from provision.cloud.anybody import anybody
from provision.cloud.connect import connect
from provision.cloud.ids import Ids
from provision.errors import CredentialsRefused, NotFound, Unreachable, UsageError, WriteRefused
from provision.model.address import Address

pytestmark = pytest.mark.sandbox


@pytest.fixture
def clouds(sandbox, monkeypatch, tmp_path):
    """A copy of the sandbox's clouds.yaml that a test may spoil."""
    content = yaml.safe_load((sandbox / "clouds.yaml").read_text())
    for name, value in control.environment(sandbox).items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "clouds.yaml"
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(path))

    def spoil(**auth):
        content["clouds"]["sandbox"]["auth"].update(auth)
        path.write_text(yaml.safe_dump(content))

    spoil()
    return spoil


@pytest.fixture
def connected(clouds):
    opened = connect("sandbox", estate="test")
    yield opened
    opened.close()


def test_the_catalogue_says_which_services_there_are(connected):
    assert {
        "identity",
        "compute",
        "network",
        "block-storage",
        "image",
        "object-store",
        "key-manager",
    } <= connected.services


def test_what_threads_fill_together_is_there_before_they_come(clouds):
    opened = connect("sandbox", estate="test")
    assert {"ids", "shared", "_apis", "_elsewhere"} <= vars(opened).keys(), "else two may make one each"
    opened.close()


def test_what_the_operator_offers_is_read_once(connected):
    assert {"reader", "member", "manager"} <= connected.shared.roles().keys()
    assert {item["name"] for item in connected.shared.volume_types()} >= {"standard", "luks"}
    before = connected.requests()
    assert connected.shared.volume_types()
    assert connected.requests() == before


def test_requests_are_counted_by_service_token_included(connected):
    connected.shared.external_networks()
    counted = connected.requests()
    assert counted["identity"]["POST"] == 1
    assert counted["network"]["GET"] >= 1
    assert set(counted) == {"identity", "network"}


def test_writing_is_refused_until_it_is_allowed(connected):
    body = {"project": {"name": f"never-{secrets.token_hex(4)}"}}
    with pytest.raises(WriteRefused):
        connected.identity.post("/projects", body)
    with connected.writing():
        made = connected.identity.post("/projects", body)["project"]["id"]
        connected.identity.delete(f"/projects/{made}")
    with pytest.raises(WriteRefused):
        connected.identity.delete(f"/projects/{made}")


def test_a_long_list_is_read_to_its_end(connected):
    with connected.writing():
        names = [f"page-{secrets.token_hex(4)}-{number}" for number in range(5)]
        made = list(
            connected.each(
                lambda name: connected.identity.post("/projects", {"project": {"name": name}})["project"][
                    "id"
                ],
                names,
            )
        )
        try:
            listed = [item["name"] for item in connected.identity.list("/projects", "projects", limit=2)]
        finally:
            list(connected.each(lambda one: connected.identity.delete(f"/projects/{one}"), made))
    assert set(names) <= set(listed)
    assert len(listed) == len(set(listed))


def test_a_wrong_password_is_exit_5(clouds):
    clouds(password="wrong")
    opened = connect("sandbox", estate="test")
    with pytest.raises(CredentialsRefused) as caught:
        opened.services  # noqa: B018 (asking is the test)
    assert caught.value.exit_code == 5
    assert "wrong" not in str(caught.value)
    opened.close()


def test_nobody_there_is_exit_5(clouds):
    clouds(auth_url="http://127.0.0.1:1/v3")
    opened = connect("sandbox", estate="test")
    with pytest.raises(Unreachable) as caught:
        opened.services  # noqa: B018 (asking is the test)
    assert caught.value.exit_code == 5
    assert str(caught.value.what) == "no answer from http://127.0.0.1:1/v3/auth/tokens: Connection refused"
    opened.close()


def test_a_file_of_clouds_that_does_not_read_is_told_with_its_line(clouds, tmp_path):
    (tmp_path / "clouds.yaml").write_text("clouds:\n  sandbox: [\n")
    with pytest.raises(UsageError, match="does not read") as caught:
        connect("sandbox", estate="test")
    assert caught.value.where == f"{tmp_path}/clouds.yaml:3"


def test_an_unknown_cloud_is_a_usage_error(clouds):
    with pytest.raises(UsageError, match="nowhere"):
        connect("nowhere", estate="test")


def test_the_estates_own_cloud_is_the_last_resort(clouds, monkeypatch):
    monkeypatch.delenv("OS_CLOUD")
    opened = connect(None, estate="test", fallback="sandbox")
    assert opened.name == "sandbox"
    opened.close()


def test_an_account_of_another_project_is_the_same_place_with_another_id(connected):
    assert connected.account("abc").endpoint.endswith("/AUTH_abc")


def test_anybody_without_an_address_is_unreachable():
    with pytest.raises(Unreachable):
        anybody("GET", "http://127.0.0.1:1/")


def test_ids_know_both_ways_and_forget():
    ids, project = Ids(), Address("project", "acme", "acme")
    ids.record(project, "p1")
    assert ids.of(project) == "p1"
    assert ids.address("project", "p1") == project
    assert ids.projects(frozenset({"acme", "other"})) == {"p1": "acme"}
    ids.forget(project)
    with pytest.raises(NotFound, match="project/acme/acme"):
        ids.of(project)
    assert ids.address("project", "p1") is None
