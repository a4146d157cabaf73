"""Accounts that documents name, on the real Keystone: what is changed behind the tool's back is seen, and whoever leaves leaves nothing."""

from __future__ import annotations

import json
import secrets
import time
from contextlib import closing, contextmanager
from copy import deepcopy

import pytest
from contract_bench import Bench, actions, fields
from contract_cases import load

from provision.cloud.anybody import anybody
from provision.cloud.connect import reconnect
from provision.model.plan import Action

pytestmark = pytest.mark.sandbox
WORKING = {
    "identity": {
        "domain": "dedicated",
        "auth": {"bypass": "none"},
        "roles": {"allowed": ["member"]},
        "groups": {"team": {"roles": ["member"]}, "admins": {}},
        "accounts": {"ana": {"name": "Ana", "email": "ana@acme.example", "groups": ["team"]}},
    }
}


@pytest.fixture
def bench(cloud, operator):
    made = Bench(cloud, load()["user"], f"ct-{secrets.token_hex(3)}-user")
    yield made
    made.clean()


@pytest.fixture
def burdens(request):
    """Skip on the simulator what needs credentials and trusts."""
    if request.config.getoption("--cloud") == "simulator":
        pytest.skip("the simulator's people have nothing that could be left")


def changed(bench, **said):
    bench.cloud.identity.patch(f"/users/{bench.ours().id}", {"user": said})


def one_method_is_enough(bench):
    changed(bench, options={"multi_factor_auth_rules": [["password", "totp"], ["password"]]})


def no_rule_counts(bench):
    changed(bench, options={"multi_factor_auth_enabled": False})


def a_lockout_is_ignored(bench):
    changed(bench, options={"ignore_lockout_failure_attempts": True})


def renamed(bench):
    changed(bench, name="somebody-else")


def elsewhere(bench):
    changed(bench, default_project_id=bench.cloud.project)


def disabled(bench):
    changed(bench, enabled=False)


def in_a_group_of_nobodys(bench):
    domain = bench.ours().raw["domain_id"]
    made = bench.cloud.identity.post("/groups", {"group": {"name": "shadow", "domain_id": domain}})["group"]
    bench.cloud.identity.put(f"/groups/{made['id']}/users/{bench.ours().id}")


MUTATIONS = {
    "sign_in": [one_method_is_enough, no_rule_counts],
    "bypasses": [a_lockout_is_ignored],
    "name": [renamed],
    "project": [elsewhere],
    "enabled": [disabled],
    "groups": [in_a_group_of_nobodys],
}


def test_what_is_changed_by_hand_is_seen_and_put_right(bench):
    bench.bring(WORKING)
    want = bench.wanted(WORKING)
    for field, mutations in MUTATIONS.items():
        for mutation in mutations:
            mutation(bench)
            plan = bench.plan(want)
            assert (actions(plan, bench.address), fields(plan, bench.address)) == ([Action.UPDATE], {field})
            bench.apply(plan)
            assert bench.plan(want).changes == (), mutation.__name__


@contextmanager
def signed_in(bench, user, **scope):
    """Be that person, with a password that somebody gave it and no second method asked for."""
    password = secrets.token_urlsafe(24)
    bench.cloud.identity.patch(f"/users/{user}", {"user": {"password": password, "options": {"multi_factor_auth_enabled": False}}})  # fmt: skip
    time.sleep(1.1)  # Keystone ends what was issued in the second of a change of password
    with closing(reconnect(bench.cloud, user=user, password=password, **scope)) as person:
        yield person.identity


def hung_on(bench, user):
    """Everything that works in somebody's name: application credentials, EC2 keys and second factors, trusts, key pairs."""
    identity, nova = bench.cloud.identity, bench.cloud.compute.at(microversion="2.10")
    found = list(identity.list("/credentials", "credentials"))
    trusts = identity.get("/OS-TRUST/trusts")["trusts"]
    return {
        "credentials": [each["type"] for each in found if each["user_id"] == user],
        "trusts": [each for each in trusts if user in (each["trustor_user_id"], each["trustee_user_id"])],
        "key pairs": nova.get("/os-keypairs", user_id=user)["keypairs"],
        "roles": identity.get("/role_assignments", **{"user.id": user})["role_assignments"],
    }


def burdened(bench, user):
    """Give somebody one of each; return the application credential's id and secret."""
    operator, project = bench.cloud, bench.cloud.ids.project(bench.key)
    domain, roles = bench.ours().raw["domain_id"], operator.shared.roles()
    operator.identity.put(f"/projects/{project}/users/{user}/roles/{roles['member']}")
    operator.identity.put(
        f"/OS-INHERIT/domains/{domain}/users/{user}/roles/{roles['reader']}/inherited_to_projects"
    )
    operator.identity.put(f"/system/users/{user}/roles/{roles['reader']}")
    with signed_in(bench, user, project=project) as person:
        made = person.post(
            f"/users/{user}/application_credentials", {"application_credential": {"name": "ci"}}
        )
        person.post(f"/users/{user}/credentials/OS-EC2", {"tenant_id": project})
        trust = {"trustor_user_id": user, "trustee_user_id": operator.user, "project_id": project, "impersonation": False, "roles": [{"name": "member"}]}  # fmt: skip
        person.post("/OS-TRUST/trusts", {"trust": trust})
    key = {"keypair": {"name": "laptop", "user_id": user, "type": "ssh", "public_key": PUBLIC}}
    operator.compute.at(microversion="2.92").post("/os-keypairs", key)
    return made["application_credential"]


PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKHEVZd6Ub0dbyBXp5L1fTQ6MKnzCXfpAMJTDUp5UaQU ana"


def works(bench, credential):
    """Tell whether an application credential still opens anything."""
    identity = {"methods": ["application_credential"], "application_credential": {"id": credential["id"], "secret": credential["secret"]}}  # fmt: skip
    url = f"{bench.cloud.identity.line.root}/auth/tokens"
    said = json.dumps({"auth": {"identity": identity}}).encode()
    return anybody("POST", url, said, {"Content-Type": "application/json"}).status == 201


@pytest.mark.parametrize("how", ["suspended", "removed"])
@pytest.mark.usefixtures("burdens")
def test_whoever_leaves_has_nothing_left(bench, how):
    bench.bring(WORKING)
    user = bench.ours().id
    credential = burdened(bench, user)
    changed(bench, options={"multi_factor_auth_enabled": True})
    assert not works(bench, credential), "Keystone holds application credentials to the rules of sign-in"
    changed(bench, options={"multi_factor_auth_enabled": False})
    assert works(bench, credential)
    assert {name: len(hung) for name, hung in hung_on(bench, user).items()} == {
        "credentials": 1,
        "trusts": 1,
        "key pairs": 1,
        "roles": 3,
    }
    if how == "suspended":
        suspended = deepcopy(WORKING)
        suspended["identity"]["accounts"]["ana"]["enabled"] = False
        plan, want = bench.bring(suspended)
        assert fields(plan, bench.address) == {"enabled", "groups", "sign_in"}
        assert bench.plan(want).changes == ()
        assert (bench.ours().spec.enabled, bench.ours().spec.groups) == (False, frozenset())
    else:
        bench.kind.delete(bench.cloud, bench.ours())
        assert bench.look() == ()
    assert not works(bench, credential)
    assert {name: hung for name, hung in hung_on(bench, user).items() if hung} == {}
