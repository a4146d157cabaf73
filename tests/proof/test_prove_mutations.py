"""Every proof can fail: a promise is broken behind the tool's back, and exactly the proofs of that promise say so."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from promised import AT_A_TIME, SECURED, TOWN, Stand, broken, troubles, verdicts

from provision.cloud.guest import guest
from provision.proof.promise import promises

pytestmark = pytest.mark.sandbox


@contextmanager
def opened_container(stand):
    """A container of the secured tenant is opened to anybody."""
    account = stand.operator.account(stand.project)
    account.put("/opened", headers={"X-Container-Read": ".r:*"})
    yield
    account.delete("/opened")


def headed(container, **headers):
    """A container's lists are changed, and put back."""

    @contextmanager
    def change(stand):
        account = stand.operator.account(stand.project)
        names = {name: f"x-container-{name}" for name in headers}
        before = account.head(f"/{container}")
        kept = {header: before.get(header, "") for header in names.values()}
        account.send("POST", f"/{container}", headers={names[name]: value for name, value in headers.items()})
        yield
        account.send("POST", f"/{container}", headers=kept)

    return change


@dataclass(frozen=True)
class Opening:
    """A key manager whose every new secret is opened to one user of another project, by its real ACL."""

    api: object
    user: str

    def post(self, path, body):
        made = self.api.post(path, body)
        acl = {"read": {"users": [self.user], "project-access": True}}
        self.api.put(f"{made['secret_ref'].split('/v1', 1)[-1]}/acl", acl)
        return made

    def __getattr__(self, name):
        return getattr(self.api, name)


@contextmanager
def opened_secret(stand):
    user = stand.guest.connection.session.get_user_id()
    neighbour = stand.next_door

    class Open:
        def __getattr__(self, name):
            return getattr(neighbour.cloud, name)

        def api(self, service):
            return Opening(neighbour.cloud.api(service), user)

    stand.next_door = replace(neighbour, cloud=Open())
    yield
    stand.next_door = neighbour


def shared_with(target):
    """A network of the tenant is shared by the operator."""

    @contextmanager
    def share(stand):
        with rbac(stand, stand.id("network", "backend"), target or stand.operator.project):
            yield

    return share


@contextmanager
def rbac(stand, network, target):
    body = {
        "object_type": "network",
        "object_id": network,
        "action": "access_as_shared",
        "target_tenant": target,
    }
    policy = stand.operator.network.post("/rbac-policies", {"rbac_policy": body})["rbac_policy"]["id"]
    yield
    stand.operator.network.delete(f"/rbac-policies/{policy}")


@contextmanager
def shown_a_foreign_network(stand):
    """A network of another project is shared with the tenant."""
    made = stand.operator.network.post("/networks", {"network": {"name": "foreign"}})["network"]["id"]
    with rbac(stand, made, stand.project):
        yield
    stand.operator.network.delete(f"/networks/{made}")


@contextmanager
def room_for_shares(stand):
    """The proof then really shares a network for a moment: another one that looks meanwhile would see it."""
    path = f"/quotas/{stand.project}"
    stand.operator.network.put(path, {"quota": {"rbac_policy": 5}})
    stand.at_a_time = 1
    yield
    stand.at_a_time = AT_A_TIME
    stand.operator.network.put(path, {"quota": {"rbac_policy": 0}})


@contextmanager
def unfiltered(stand):
    """The proof then really makes a port without filter for a moment: another one that looks meanwhile would see it."""
    stand.at_a_time = 1
    path = f"/networks/{stand.id('network', 'backend')}"
    stand.operator.network.put(path, {"network": {"port_security_enabled": False}})
    yield
    stand.operator.network.put(path, {"network": {"port_security_enabled": True}})
    stand.at_a_time = AT_A_TIME


def a_rule(group, direction, family, **more):
    """A rule is written by hand into a group of the documents."""

    @contextmanager
    def rule(stand):
        said = {"direction": direction, "ethertype": family, **more}
        body = {"security_group_id": stand.id("security_group", group), "project_id": stand.project, **said}
        made = stand.operator.network.post("/security-group-rules", {"security_group_rule": body})
        yield
        stand.operator.network.delete(f"/security-group-rules/{made['security_group_rule']['id']}")

    return rule


def let_in(family):
    return a_rule("default", "ingress", family)


@contextmanager
def a_group_by_hand(stand):
    """A member makes a group: Neutron lets everything out of it, in both families."""
    made = stand.guest.network.post("/security-groups", {"security_group": {"name": "by-hand"}})
    yield
    stand.operator.network.delete(f"/security-groups/{made['security_group']['id']}")


def a_port_by_hand(**more):
    """A member makes a port on a network of its own."""

    @contextmanager
    def port(stand):
        body = {"network_id": stand.id("network", "backend"), "name": "by-hand", **more}
        made = stand.guest.network.post("/ports", {"port": body})["port"]["id"]
        yield
        stand.operator.network.delete(f"/ports/{made}")

    return port


def pairs(*prefixes):
    return a_port_by_hand(allowed_address_pairs=[{"ip_address": each} for each in prefixes])


@contextmanager
def shared_group(stand):
    """A security group of the tenant is shared by the operator with another project."""
    body = {"object_type": "security_group", "object_id": stand.id("security_group", "internal")}
    body |= {"action": "access_as_shared", "target_tenant": stand.operator.project}
    made = stand.operator.network.post("/rbac-policies", {"rbac_policy": body})["rbac_policy"]["id"]
    yield
    stand.operator.network.delete(f"/rbac-policies/{made}")


@contextmanager
def without_limit(stand):
    rules = f"/qos/policies/{stand.id('qos_policy', 'publication')}/bandwidth_limit_rules"
    (rule,) = stand.operator.network.get(rules)["bandwidth_limit_rules"]
    stand.operator.network.delete(f"{rules}/{rule['id']}")
    yield
    said = {"max_kbps": rule["max_kbps"], "direction": rule["direction"]}
    stand.operator.network.post(rules, {"bandwidth_limit_rule": said})


@contextmanager
def without_log(stand):
    path = f"/log/logs/{stand.id('network_log', 'filters')}"
    for enabled in (False, True):
        stand.operator.network.put(path, {"log": {"enabled": enabled}})
        if not enabled:
            yield


@contextmanager
def without_flavours(stand):
    flavors = [each["id"] for each in stand.operator.shared.flavors() if each["name"].startswith("sec.")]
    for word in ("removeTenantAccess", "addTenantAccess"):
        for flavor in flavors:
            stand.operator.compute.post(f"/flavors/{flavor}/action", {word: {"tenant": stand.project}})
        if word == "removeTenantAccess":
            yield


@contextmanager
def without_default_type(stand):
    stand.operator.volume.delete(f"/default-types/{stand.project}")
    yield
    stand.operator.volume.put(f"/default-types/{stand.project}", {"default_type": {"volume_type": "luks"}})


@contextmanager
def plain_type_accessible(stand):
    types = {each["name"]: each["id"] for each in stand.operator.shared.volume_types()}
    path = f"/types/{types['standard']}/action"
    stand.operator.volume.post(path, {"addProjectAccess": {"project": stand.project}})
    yield
    stand.operator.volume.post(path, {"removeProjectAccess": {"project": stand.project}})


@contextmanager
def plain_by_default(stand):
    with plain_type_accessible(stand):
        for name in ("standard", "luks"):
            stand.operator.volume.put(
                f"/default-types/{stand.project}", {"default_type": {"volume_type": name}}
            )
            if name == "standard":
                yield


MUTATIONS = {
    "a container is opened": (SECURED, "nothing-public", opened_container),
    "a dataset is closed": (TOWN, "dataset-read-by-anybody", headed("donnees-publiques", read="")),
    "a dataset is written by all": (TOWN, "dataset-written-by-nobody-else", headed("donnees-publiques", write="*:*")),
    "a private container is opened": (TOWN, "container-private", headed("documents", read=".r:*")),
    "a secret is opened": (SECURED, "secret-of-another-tenant", opened_secret),
    "a network is shared with a project": (SECURED, "network-not-shared shares-as-written", shared_with(None)),
    "a network is shared with all": (SECURED, "network-not-shared shares-as-written", shared_with("*")),
    "there is room for shares": (SECURED, "network-cannot-share", room_for_shares),
    "a foreign network is shown": (SECURED, "networks-of-other-projects shares-as-written", shown_a_foreign_network),
    "ports are not filtered": (SECURED, "port-security", unfiltered),
    "IPv6 is let in": (SECURED, "default-deny families-alike", let_in("IPv6")),
    "IPv4 is let in": (TOWN, "default-deny families-alike", let_in("IPv4")),
    "a port is let in by IPv6": (SECURED, "families-alike", a_rule("internal", "ingress", "IPv6", protocol="tcp", port_range_min=22, port_range_max=22)),
    "all goes out by IPv4": (SECURED, "egress-allowlist families-alike", a_rule("internal", "egress", "IPv4", remote_ip_prefix="0.0.0.0/0")),
    "all goes out by IPv6": (TOWN, "egress-allowlist families-alike", a_rule("web", "egress", "IPv6", remote_ip_prefix="::/0")),
    "all goes out of a group by hand": (SECURED, "egress-allowlist", a_group_by_hand),
    "a port by hand is unfiltered": (SECURED, "every-port-filtered", a_port_by_hand(port_security_enabled=False, security_groups=[])),
    "a port by hand is in no group": (SECURED, "every-port-filtered", a_port_by_hand(security_groups=[])),
    "a port by hand poses as the cloud's": (SECURED, "every-port-filtered", a_port_by_hand(device_owner="network:dhcp")),
    "a port bears any IPv4 address": (SECURED, "every-port-filtered", pairs("0.0.0.0/0")),
    "a port bears any IPv6 address": (TOWN, "every-port-filtered", pairs("::/1")),
    "a group is shared with a project": (SECURED, "shares-as-written", shared_group),
    "a limit of bandwidth is lifted": (TOWN, "bandwidth-limited", without_limit),
    "a log is switched off": (SECURED, "filters-logged", without_log),
    "flavours are withdrawn": (SECURED, "server-boots", without_flavours),
    "the default type is unset": (SECURED, "volume-encrypted", without_default_type),
    "a plain type is accessible": (SECURED, "volume-types-exact", plain_type_accessible),
    "a plain type is the default": (TOWN, "volume-encrypted volume-types-exact", plain_by_default),
}  # fmt: skip
SLOW = {
    "server-boots",
    "volume-encrypted",
}  # tried where the mutation could touch them: they are most of the time
BY_ADMIN = {"users-of-another-domain", "servers-of-all-projects", "networks-of-other-projects", "quota-raise"}


def test_every_proof_has_a_mutation():
    mutated = {name for _, names, _ in MUTATIONS.values() for name in names.split()}
    assert mutated | BY_ADMIN == {each.name for each in promises()}


@pytest.mark.parametrize("words", MUTATIONS)
def test_a_broken_promise_is_seen_and_no_other(stands, words):
    key, names, mutation = MUTATIONS[words]
    spared = (
        () if "server-boots" in names or mutation is unfiltered else ("server-boots",)
    )  # it is half of the time
    with mutation(stands[key]):
        proofs = stands[key].try_all(but=spared)
    assert (broken(proofs), troubles(proofs)) == (set(names.split()), [])
    assert set(verdicts(stands[key].try_all(only=names.split())).values()) == {"HELD"}


def test_a_member_who_is_admin_breaks_what_keeps_tenants_apart(stands):
    stand = stands[SECURED]
    role = stand.operator.shared.roles()["admin"]
    path = f"/projects/{stand.project}/groups/{stand.id('group', 'operators')}/roles/{role}"
    stand.operator.identity.put(path)
    try:
        with guest(stand.operator, stand.tenant) as as_admin:
            proofs = Stand(stand.operator, stand.tenant, as_admin, stand.next_door).try_all(but=SLOW)
    finally:
        stand.operator.identity.delete(path)
    assert broken(proofs) >= BY_ADMIN
    assert troubles(proofs) == []
