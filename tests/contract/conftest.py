from __future__ import annotations

import secrets

import contract_cases
import pytest
from contract_bench import Bench
from ruamel.yaml import YAML

from provision.cloud.connect import connect

STRANGER = f"ct-stranger-{secrets.token_hex(2)}"
PASSWORD = "not-a-secret-9"


@pytest.fixture(scope="session")
def operator(cloud):
    """What the cases need an operator to have made: once a session, removed at its end."""
    benches = []
    for cases in contract_cases.load().values():
        benches.append(Bench(cloud, cases, "contract"))
        for call in cases.get("operator", ()):
            benches[-1].call(call)
    yield
    for bench in reversed(benches):
        bench.clean()


@pytest.fixture(scope="session")
def stranger(cloud, tmp_path_factory):
    """A connection that may read its own empty project and nothing else."""
    domain = cloud.shared.domains()["Default"]
    project = cloud.identity.post("/projects", {"project": {"name": STRANGER, "domain_id": domain}})
    user = cloud.identity.post(
        "/users", {"user": {"name": STRANGER, "domain_id": domain, "password": PASSWORD}}
    )
    project_id, user_id = project["project"]["id"], user["user"]["id"]
    cloud.identity.put(f"/projects/{project_id}/users/{user_id}/roles/{cloud.shared.roles()['reader']}")
    file = tmp_path_factory.mktemp("stranger") / "clouds.yaml"
    auth = {**cloud.connection.config.auth, "username": STRANGER, "password": PASSWORD}
    for name in ("user_id", "project_id", "project_name", "system_scope"):
        auth.pop(name, None)
    region = cloud.connection.config.get_region_name("identity")
    YAML().dump(
        {"clouds": {"stranger": {"auth": {**auth, "project_id": project_id}, "region_name": region}}}, file
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OS_CLIENT_CONFIG_FILE", str(file))
        connected = connect("stranger", estate="contract")
    with connected.writing():
        yield connected
    connected.close()
    cloud.identity.delete(f"/users/{user_id}")
    cloud.identity.delete(f"/projects/{project_id}")
