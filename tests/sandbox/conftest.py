from __future__ import annotations

import uuid

import pytest

from provision import sandbox as control
from provision.sandbox.rest import Admin
from provision.sandbox.site import load


@pytest.fixture(scope="session")
def admin(sandbox):
    operator = Admin(load(sandbox))
    operator.login()
    return operator


def role_id(admin, name):
    return admin.send("keystone", "GET", f"/v3/roles?name={name}").body["roles"][0]["id"]


def token(admin, user, password, scope):
    identity = {"methods": ["password"], "password": {"user": {"id": user, "password": password}}}
    body = {"auth": {"identity": identity, "scope": scope}}
    return admin.send("keystone", "POST", "/v3/auth/tokens", body).headers["x-subject-token"]


@pytest.fixture(scope="session")
def tenant(admin):
    """A project, and one ordinary member of it with access to a flavour and to both volume types."""
    name, password = f"tenant-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    project = admin.send("keystone", "POST", "/v3/projects", {"project": {"name": name}}).body["project"][
        "id"
    ]
    user = admin.send("keystone", "POST", "/v3/users", {"user": {"name": name, "password": password}}).body[
        "user"
    ]["id"]
    admin.send("keystone", "PUT", f"/v3/projects/{project}/users/{user}/roles/{role_id(admin, 'member')}")
    for flavor in admin.send("nova", "GET", "/v2.1/flavors?is_public=None").body["flavors"]:
        if flavor["name"] == "std.small":
            add = {"addTenantAccess": {"tenant": project}}
            admin.send("nova", "POST", f"/v2.1/flavors/{flavor['id']}/action", add)
    types = f"/v3/{admin.project}/types"
    for kind in admin.send("cinder", "GET", f"{types}?is_public=None").body["volume_types"]:
        if kind["name"] in {"standard", "luks"}:
            admin.send(
                "cinder", "POST", f"{types}/{kind['id']}/action", {"addProjectAccess": {"project": project}}
            )
    return Admin(admin.site, token(admin, user, password, {"project": {"id": project}}), project)


@pytest.fixture
def other(tmp_path):
    """The folder of a sandbox beside the shared one; ended with the test."""
    folder = tmp_path / "other"
    yield folder
    control.reset(folder)
