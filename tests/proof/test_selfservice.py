"""Application credentials that a tenant's own people make, on the real Keystone, and what they can then do with them."""

from __future__ import annotations

import json
import stat
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from promised import SECURED, TOWN, Stand
from ruamel.yaml import YAML

from provision import cli
from provision.cloud import entry
from provision.cloud.connect import connect
from provision.cloud.credentials import listed
from provision.cloud.guest import _member
from provision.errors import CloudError, CredentialsRefused, UsageError
from provision.model.credential import RULE_SETS

pytestmark = pytest.mark.sandbox
PEOPLE = {SECURED: "operators", TOWN: "agents"}


@contextmanager
def person(stand, path):
    """Somebody of the tenant's, with a clouds.yaml of its own."""
    group = PEOPLE[stand.tenant.key.rpartition("-")[2]]
    with _member(stand.operator, stand.tenant, group) as (user, password, _):
        ours = stand.operator.connection.config
        auth = {"auth_url": ours.get_auth_args()["auth_url"], "user_id": user, "password": password}
        here = {
            "auth": {**auth, "project_id": stand.project},
            "region_name": ours.get_region_name("identity"),
        }
        with path.open("w") as file:
            YAML().dump({"clouds": {"me": here}}, file)
        yield user


@pytest.fixture
def asked(proven_estate, monkeypatch, tmp_path, capsys):
    """What `provision credential` answers to somebody who is logged in as the tenant's."""
    mine = tmp_path / "mine.yaml"
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(mine))
    monkeypatch.setenv("OS_CLOUD", "me")

    def ask(*words):
        code = cli.main(["credential", *map(str, words), "--estate", str(proven_estate), "--lang", "en"])
        said = capsys.readouterr()
        return code, said.out, said.err

    ask.mine = mine
    return ask


@contextmanager
def using(path, name, monkeypatch):
    """The cloud as it is seen with a credential out of a file."""
    with monkeypatch.context() as patch:
        patch.setenv("OS_CLIENT_CONFIG_FILE", str(path))
        with closing(connect(name, estate="nobody", workers=1)) as cloud, cloud.writing():
            yield cloud


def entries(path):
    return YAML().load(path.read_text())["clouds"]


def test_a_secured_tenant_gets_one_that_only_looks_and_the_services_hold_it_to_that(
    stands, asked, tmp_path, monkeypatch
):
    kept = tmp_path / "ci.yaml"
    kept.write_text("# kept\nclouds:\n  other: {}\n")
    kept.chmod(0o644)
    stand = stands[SECURED]
    with person(stand, asked.mine) as user:
        code, out, err = asked("create", "ci", "--out", kept)
        assert (code, out) == (3, "")
        assert "socle" not in err and "hautement-securise/profile.yaml" in err and "--allow" in err
        assert listed(stand.operator.identity, user) == []

        code, out, err = asked("create", "ci", "--out", kept, "--allow", "read-only", "--format", "json")
        made, (other, mine) = json.loads(out), entries(kept)
        secret = entries(kept)[mine]["auth"]["application_credential_secret"]
        assert (code, err, other, mine) == (0, "", "other", "ci")
        assert secret not in out
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert kept.read_text().startswith("# kept\n")
        assert set(made["roles"]) == {"member", "creator", "reader"}
        assert made["unrestricted"] is False
        assert datetime.fromisoformat(made["expires"]) < datetime.now(UTC) + timedelta(days=31)

        with using(kept, "ci", monkeypatch) as cloud:
            assert cloud.compute.get("/servers")["servers"] == []
            assert cloud.project == stand.project
            for write in (
                lambda: cloud.compute.post("/os-keypairs", {"keypair": {"name": "k"}}),
                lambda: cloud.network.post("/networks", {"network": {"name": "n"}}),
                lambda: cloud.volume.post("/volumes", {"volume": {"size": 1}}),
                lambda: cloud.api("object-store").put("/box"),
                lambda: cloud.api("key-manager").get("/v1/secrets"),
                lambda: cloud.identity.get(f"/users/{user}/application_credentials"),
            ):
                with pytest.raises(CredentialsRefused):
                    write()

        assert asked("revoke", "ci", "--out", kept)[0] == 0
        assert list(entries(kept)) == ["other"]
        assert listed(stand.operator.identity, user) == []
        assert asked("revoke", "ci")[0] == 1


def test_one_that_publishes_writes_objects_and_nothing_else(stands, asked, tmp_path, monkeypatch):
    kept = tmp_path / "publish.yaml"
    with person(stands[TOWN], asked.mine):
        code, out, _ = asked("create", "site", "--out", kept, "--allow", "publish", "--role", "member")
        assert (code, "OS_CLOUD=site" in out) == (0, True)
        with using(kept, "site", monkeypatch) as cloud:
            files = cloud.api("object-store")
            files.put("/selfservice")
            files.delete("/selfservice")
            with pytest.raises(CredentialsRefused):
                cloud.compute.get("/servers")
            with pytest.raises(CloudError):  # it is no way to another one
                cloud.identity.post(f"/users/{cloud.user}/application_credentials", {})


def test_one_for_servers_boots_one_though_services_ask_one_another_for_it(
    stands, asked, tmp_path, monkeypatch
):
    kept, stand = tmp_path / "servers.yaml", stands[SECURED]
    with person(stand, asked.mine):
        assert asked("create", "runner", "--out", kept, "--allow", "servers")[0] == 0
        with using(kept, "runner", monkeypatch) as cloud:
            seen = Stand(stand.operator, stand.tenant, cloud, stand.next_door).try_all(only={"server-boots"})
            assert [str(each.seen) for each in seen if each.verdict != "HELD"] == []
            with pytest.raises(CredentialsRefused):
                cloud.network.post("/ports", {"port": {"network_id": stand.id("network", "backend")}})


def test_what_the_documents_do_not_allow_is_refused_before_it_is_made(stands, asked, tmp_path):
    kept = tmp_path / "no.yaml"
    with person(stands[SECURED], asked.mine) as user:
        rule = ("--rule", "compute", "GET", "/v2.1/servers")
        assert asked("create", "long", "--out", kept, "--days", "91", *rule)[0] == 3
        assert asked("create", "boss", "--out", kept, "--role", "manager", *rule)[0] == 3
        kept.write_text("clouds: {long: {}}\n")
        assert asked("create", "long", "--out", kept, *rule)[0] == 4
        assert asked("create", "long", "--out", tmp_path / "none" / "no.yaml", *rule)[0] == 4
        assert listed(stands[SECURED].operator.identity, user) == []
        assert kept.read_text() == "clouds: {long: {}}\n"


def test_one_whose_secret_cannot_be_kept_is_not_left_behind(stands, asked, tmp_path, monkeypatch):
    def full(*_):
        raise UsageError("the disk is full")

    monkeypatch.setattr(entry, "write", full)
    with person(stands[SECURED], asked.mine) as user:
        assert asked("create", "ci", "--out", tmp_path / "f", "--allow", "servers")[0] == 4
        assert listed(stands[SECURED].operator.identity, user) == []


def test_those_made_past_the_tool_are_told_with_what_is_wrong_with_them(stands, asked, monkeypatch):
    with person(stands[SECURED], asked.mine) as user:
        with using(asked.mine, "me", monkeypatch) as cloud:
            body = {"name": "loose", "unrestricted": True}
            cloud.identity.post(f"/users/{user}/application_credentials", {"application_credential": body})
        code, out, _ = asked("list")
        assert code == 2
        for words in ("unrestricted", "never expires", "no access rules"):
            assert words in out


def test_each_set_says_what_it_takes():
    for requests in RULE_SETS.values():
        assert all(path.startswith("/") for _, _, path in requests)
    assert "key-manager" not in {service for requests in RULE_SETS.values() for service, _, _ in requests}
