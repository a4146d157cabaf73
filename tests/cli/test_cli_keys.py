"""A tenant's ring of keys on the real key manager, through the command line, by members of the tenant without other rights."""

from __future__ import annotations

import base64
import io
import json
import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from jsonschema import validate
from ruamel.yaml import YAML

from provision import sandbox as control
from provision.cloud.connect import connect
from provision.errors import Forbidden, UnknownOutcome
from provision.report.schemas import result

pytestmark = pytest.mark.sandbox
PROFILE = "profile: ring\nversion: 1.0.0\ntitle: {en: Ring, fr: Trousseau}\nkeys: {acl: private, rotation_days: 365, floor: {algorithm: aes, bit_length: 256}}\n"
PASSWORD = "not-a-secret-9"


@pytest.fixture(scope="module")
def ring_estate(sandbox, tmp_path_factory):
    """An estate with a tenant on the cloud, two members of it, and a stranger; gone at the end."""
    folder, name = tmp_path_factory.mktemp("ring"), f"ring{secrets.token_hex(3)}"
    (folder / "tenants").mkdir()
    (folder / "profiles" / "ring").mkdir(parents=True)
    (folder / "profiles" / "ring" / "profile.yaml").write_text(PROFILE)
    (folder / "estate.yaml").write_text(f"estate: {name}\n")
    (folder / "tenants" / f"{name}.yaml").write_text(f"tenant: {name}\nprofile: ring\n")
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in control.environment(sandbox).items():
            patch.setenv(variable, value)
        with closing(connect(None, estate=name)) as operator, operator.writing():
            yield from _people(operator, folder, name, sandbox)


def _people(operator, folder, name, sandbox):
    domain, roles = operator.shared.domains()["Default"], operator.shared.roles()
    project = operator.identity.post(
        "/projects", {"project": {"name": name, "domain_id": domain, "tags": list(operator.owner.tags(name))}}
    )["project"]["id"]
    other = operator.identity.post("/projects", {"project": {"name": f"{name}-x", "domain_id": domain}})[
        "project"
    ]["id"]
    users, clouds = {}, {}
    for who, where in {"maker": project, "colleague": project, "stranger": other}.items():
        body = {"user": {"name": f"{name}-{who}", "domain_id": domain, "password": PASSWORD}}
        users[who] = operator.identity.post("/users", body)["user"]["id"]
        for role in ("member", "creator"):
            operator.identity.put(f"/projects/{where}/users/{users[who]}/roles/{roles[role]}")
        auth = {
            "auth_url": operator.connection.config.auth["auth_url"],
            "user_id": users[who],
            "password": PASSWORD,
        }
        clouds[who] = {
            "auth": {**auth, "project_id": where},
            "region_name": operator.connection.config.get_region_name(),
        }
    YAML().dump({"clouds": clouds}, folder / "clouds.yaml")
    yield SimpleNamespace(folder=folder, tenant=name, users=users, sandbox=sandbox)
    for user in users.values():
        operator.identity.delete(f"/users/{user}")
    for each in (project, other):
        operator.identity.delete(f"/projects/{each}")


@pytest.fixture
def as_member(run, ring_estate, monkeypatch):
    """Run a `keys` command as somebody; return exit code, result and stderr. Whatever is left of the ring goes at the end."""
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(ring_estate.folder / "clouds.yaml"))

    def told(who, verb, *more, json_too=True):
        shared = ("--estate", ring_estate.folder, "--cloud", who, *(("--format", "json") if json_too else ()))
        code, out, err = run("keys", verb, ring_estate.tenant, *more, *shared)
        if json_too and out:
            found = json.loads(out)
            validate(found, result("keys-list" if verb == "list" else "keys-change"))
            return code, found, err
        return code, out, err

    yield told
    for name in {key["name"] for key in told("maker", "list")[1]["keys"]}:
        assert told("maker", "destroy", name, "--yes")[0] == 0


@pytest.fixture
def on_the_wire(ring_estate, monkeypatch):
    """The key manager as one of the tenant's members reaches it, without `provision keys`."""
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(ring_estate.folder / "clouds.yaml"))
    opened = []

    def reach(who):
        cloud = connect(who, estate=ring_estate.tenant)
        cloud.wire.writable = True
        opened.append(cloud)
        return cloud.api("key-manager")

    yield reach
    for cloud in opened:
        cloud.close()


def payload(api, identifier):
    return api.send(
        "GET", f"/secrets/{identifier}/payload", headers={"Accept": "application/octet-stream"}
    ).content


def aged(sandbox, identifier, days):
    """Make a secret older than it is, in Barbican's own table."""
    born = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(sandbox / "databases" / "barbican.sqlite", timeout=30)) as rows, rows:
        assert (
            rows.execute("UPDATE secrets SET created_at = ? WHERE id = ?", (born, identifier)).rowcount == 1
        )


def test_a_key_is_made_listed_succeeded_by_age_and_destroyed_and_is_its_makers_alone(
    as_member, on_the_wire, ring_estate
):
    code, made, err = as_member("maker", "create", "payments")
    (key,) = made["done"]
    assert (code, err, key["act"], key["generation"]) == (0, "", "created", 1)
    assert (key["algorithm"], key["bit_length"], key["project_access"]) == ("aes", 256, False)
    maker, colleague = on_the_wire("maker"), on_the_wire("colleague")
    assert list(maker.list("/orders", "orders")) == []
    first = payload(maker, key["id"])
    assert len(first) == 32
    with pytest.raises(Forbidden):
        payload(colleague, key["id"])
    assert as_member("maker", "rotate")[1]["done"] == []
    aged(ring_estate.sandbox, key["id"], days=366)
    code, listed, _ = as_member("maker", "list")
    assert (code, listed["keys"][0]["faults"], listed["keys"][0]["age_days"]) == (2, ["old"], 366)
    code, rotated, _ = as_member("maker", "rotate")
    (second,) = rotated["done"]
    assert (code, second["act"], second["generation"]) == (0, "succeeded", 2)
    assert payload(maker, key["id"]) == first != payload(maker, second["id"])
    code, listed, _ = as_member("colleague", "list")
    assert (code, [(each["generation"], each["state"]) for each in listed["keys"]]) == (
        0,
        [(1, "former"), (2, "current")],
    )
    assert [bool(each["due"]) for each in listed["keys"]] == [False, True]
    code, gone, _ = as_member("maker", "destroy", "payments", "--generation", "1", "--yes")
    assert (code, [(each["act"], each["status"]) for each in gone["done"]]) == (0, [("destroyed", 404)])
    assert [each["generation"] for each in as_member("maker", "list")[1]["keys"]] == [2]
    text = as_member("maker", "list", "--lang", "fr", json_too=False)[1]
    assert "payments/2  AES 256, 0 jour, à renouveler le" in text and "lue par qui l'a faite" in text


def test_a_key_is_brought_from_a_file_and_from_stdin_and_is_never_shown(
    as_member, on_the_wire, ring_estate, monkeypatch, tmp_path
):
    content, file = secrets.token_bytes(32), tmp_path / "my.key"
    file.write_bytes(base64.b64encode(content))
    file.chmod(0o600)
    reader = ring_estate.users["colleague"]
    said = [as_member("maker", "import", "brought", "--from", file, "--base64", "--reader", reader)]
    (key,) = said[0][1]["done"]
    assert (key["origin"], key["bit_length"], key["readers"]) == ("imported", 256, [reader])
    assert payload(on_the_wire("colleague"), key["id"]) == content
    said.append(as_member("maker", "import", "brought", "--from", file, "--base64"))
    assert said[1][0] == 3 and "--next" in said[1][2]
    following = secrets.token_bytes(32)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(following), isatty=lambda: False))
    said.append(as_member("maker", "import", "brought", "--next"))
    (second,) = said[2][1]["done"]
    assert (second["generation"], second["readers"]) == (2, [reader])
    assert payload(on_the_wire("colleague"), second["id"]) == following
    said += [as_member("maker", "list", json_too=False), as_member("maker", "rotate", "brought")]
    assert said[-1][0] == 2 and said[-1][1]["done"][0]["act"] == "left"
    kept = [path.read_bytes() for path in Path(ring_estate.folder).rglob("*") if path.is_file()]
    spoken = repr(said).encode() + b"".join(kept)
    for held in (content, following):
        for spelt in (held, base64.b64encode(held), held.hex().encode(), repr(held).encode()):
            assert spelt not in spoken


def test_what_is_weaker_than_the_floor_never_reaches_the_key_manager(as_member, tmp_path):
    file = tmp_path / "weak.key"
    file.write_bytes(secrets.token_bytes(16))
    file.chmod(0o600)
    for arguments in (("import", "weak", "--from", file), ("create", "weak", "--bits", "128")):
        code, _, err = as_member("maker", *arguments)
        assert code == 3 and "128 bits are weaker than the floor of 256" in err
    file.write_bytes(secrets.token_bytes(33))
    code, _, err = as_member("maker", "import", "weak", "--from", file)
    assert code == 3 and "this one has 264" in err
    assert as_member("maker", "list")[1]["keys"] == []


def test_what_was_opened_behind_its_back_is_seen_and_sealed(as_member, on_the_wire):
    key = as_member("maker", "create", "vault")[1]["done"][0]
    on_the_wire("maker").put(f"/secrets/{key['id']}/acl", {"read": {"project-access": True}})
    code, listed, _ = as_member("maker", "list")
    assert (code, listed["keys"][0]["faults"]) == (2, ["open"])
    assert "keys seal" in as_member("maker", "list", json_too=False)[1]
    assert [each["act"] for each in as_member("maker", "seal")[1]["done"]] == ["sealed"]
    assert as_member("maker", "list")[0] == 0
    with pytest.raises(Forbidden):
        payload(on_the_wire("colleague"), key["id"])


def test_nothing_is_destroyed_without_a_yes_and_nothing_done_from_another_project(as_member):
    as_member("maker", "create", "kept")
    code, _, err = as_member("maker", "destroy", "kept")
    assert code == 3 and "--yes" in err
    code, _, err = as_member("stranger", "list")
    assert code == 3 and "not that of" in err
    code, _, err = as_member("maker", "create", "kept")
    assert code == 3 and "already" in err
    assert as_member("maker", "create", "No Name")[0] == 4
    assert as_member("maker", "rotate", "nosuch")[0] == 4
    assert [each["name"] for each in as_member("maker", "list")[1]["keys"]] == ["kept"]


def test_a_key_whose_readers_cannot_be_written_does_not_stay(as_member, monkeypatch):
    from provision.cloud.api import Api  # noqa: PLC0415 (what is broken here)

    def refuse(self, path, body=None, headers=None):
        raise Forbidden("not today", where=path, status=403)

    with monkeypatch.context() as patch:
        patch.setattr(Api, "put", refuse)
        assert as_member("maker", "create", "half")[0] == 1
    assert as_member("maker", "list")[1]["keys"] == []


def test_a_lost_answer_leaves_one_key_and_what_is_kept_wrongly_does_not_stay(
    as_member, monkeypatch, tmp_path
):
    from provision.cloud.api import Api  # noqa: PLC0415 (what is broken here)

    post, send, file = Api.post, Api.send, tmp_path / "my.key"
    file.write_bytes(secrets.token_bytes(32))
    file.chmod(0o600)

    def lossy(self, path, body):
        post(self, path, body)
        raise UnknownOutcome("lost", where=path)

    def garbled(self, method, path, **more):
        answer = send(self, method, path, **more)
        return SimpleNamespace(content=b"other") if path.endswith("/payload") else answer

    with monkeypatch.context() as patch:
        patch.setattr(Api, "post", lossy)
        assert as_member("maker", "create", "lost")[0] == 0
        assert as_member("maker", "import", "brought", "--from", file)[0] == 0
    with monkeypatch.context() as patch:
        patch.setattr(Api, "send", garbled)
        code, _, err = as_member("maker", "import", "garbled", "--from", file)
    assert code == 1 and "not what was brought" in err
    held = as_member("maker", "list")[1]["keys"]
    assert [(key["name"], key["generation"], key["project_access"]) for key in held] == [
        ("brought", 1, False),
        ("lost", 1, False),
    ]
