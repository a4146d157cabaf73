"""Every proof can fail: a promise is broken behind the tool's back, and exactly the proofs of that promise say so."""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from mutated_people import ABOUT_PEOPLE, OF_PEOPLE, granted, in_order
from promised import AT_A_TIME, SECURED, TOWN, Stand, broken, troubles, verdicts
from test_prove_alone import ALONE

from provision import workflow
from provision.cloud.guest import guest
from provision.errors import NotFound
from provision.keyring import Brought, Ring
from provision.kind import kinds
from provision.model.key import KeyPolicy
from provision.proof.promise import promises

pytestmark = pytest.mark.sandbox


@contextmanager
def opened_container(stand):
    """A container of the secured tenant is opened to anybody."""
    with by_hand(x_container_read=".r:*")(stand):
        yield


def by_hand(**headers):
    """A container is made by hand, with these headers; it keeps versions unless they say otherwise."""

    @contextmanager
    def make(stand):
        account = stand.operator.account(stand.project)
        said = {
            name.replace("_", "-"): value for name, value in {"x_versions_enabled": "true", **headers}.items()
        }
        account.put("/by-hand", headers={name: value for name, value in said.items() if value})
        yield
        account.delete("/by-hand")

    return make


LAWFUL = {
    "x_container_read": ".r:*,.rlistings",
    "x_container_meta_licence": "etalab-2.0",
    "x_container_meta_producer": "P",
    "x_container_meta_contact": "C",
    "x_container_meta_frequency": "IRREG",
}


def lawful_but(**headers):
    """A public container is made by hand that says everything but for something."""
    return by_hand(**{**LAWFUL, **headers})


@contextmanager
def a_file_without_checksum(stand):
    account = stand.guest.account(stand.project)
    account.send("PUT", "/donnees-publiques/bare.csv", content=b"a;b", headers={"Content-Type": "text/csv"})
    yield
    account.delete("/donnees-publiques/bare.csv")
    found = account.send(
        "GET", "/donnees-publiques", params={"versions": "", "format": "json", "prefix": "bare.csv"}
    ).json()
    for each in found:
        account.delete(f"/donnees-publiques/bare.csv?version-id={each['version_id']}")


def told(place, **headers):
    """Something is said of the account or of a container, and unsaid."""

    @contextmanager
    def tell(stand):
        account = stand.operator.account(stand.project)
        before = account.head(place)
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        account.send("POST", place, headers=said)
        yield
        account.send("POST", place, headers={name: before.get(name, "") for name in said})

    return tell


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


def room_for_pools(count):
    """The tenant may make one pool more than its documents write down."""

    @contextmanager
    def room(stand):
        path = f"/quotas/{stand.project}"
        for limit in (count + 1, count):
            stand.operator.network.put(path, {"quota": {"subnetpool": limit}})
            if limit > count:
                yield

    return room


@contextmanager
def a_prefix_by_hand(stand):
    """A member makes a network, and chooses its IPv6 prefix: Neutron has nothing against it."""
    ours = stand.guest.network
    made = ours.post("/networks", {"network": {"name": "by-hand"}})["network"]["id"]
    body = {"network_id": made, "ip_version": 6, "cidr": "2001:db8:9:9::/64"}
    ours.post("/subnets", {"subnet": body})
    yield
    ours.delete(f"/networks/{made}")


@contextmanager
def pool_shared_next_door(stand):
    """The operator shares the tenant's pool, and its scope, with another project."""
    made = []
    for kind, thing in (("address_scope", "address_scope"), ("subnetpool", "subnet_pool")):
        body = {"object_type": kind, "object_id": stand.id(thing, "inside"), "action": "access_as_shared"}
        policy = {**body, "target_tenant": stand.next_door.project}
        made.append(
            stand.operator.network.post("/rbac-policies", {"rbac_policy": policy})["rbac_policy"]["id"]
        )
    yield
    for policy in reversed(made):
        stand.operator.network.delete(f"/rbac-policies/{policy}")


def anew(**prefix):
    """The subnet of the network that takes from the tenant's pool is made anew, and then again from the pool."""

    @contextmanager
    def make(stand):
        network = stand.operator.network
        (there,) = network.list("/subnets", "subnets", network_id=stand.id("network", "inside"))
        kept = ("name", "description", "network_id", "project_id", "ip_version")
        body = {name: there[name] for name in kept}
        for said in (prefix, {"subnetpool_id": there["subnetpool_id"], "cidr": there["cidr"]}):
            network.delete(f"/subnets/{there['id']}")
            there = {**there, **network.post("/subnets", {"subnet": {**body, **said}})["subnet"]}
            there["subnetpool_id"] = there["subnetpool_id"] or stand.id("subnet_pool", "inside")
            if said is prefix:
                yield

    return make


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


def aggregate(**metadata):
    """The metadata of the tenant's aggregate are changed, and put back."""

    @contextmanager
    def change(stand):
        path = f"/os-aggregates/{stand.id('host_aggregate', stand.tenant.key)}/action"
        before = {**dict.fromkeys(metadata), "filter_tenant_id": stand.project}
        said = {key: value and value(stand) for key, value in metadata.items()}
        for each in (said, before):
            stand.operator.compute.post(path, {"set_metadata": {"metadata": each}})
            if each is said:
                yield

    return change


def group_made_anew(name, policy):
    """A server group is deleted, and another one of its name and mark stands in its place (None: nothing)."""

    @contextmanager
    def change(stand):
        kind = kinds()["server_group"]
        (want,) = (kind.resolve(stand.operator, each) for each in kind.desire(stand.tenant))
        (ours,) = kind.look(stand.operator, want.address)
        assert want.address.name == name
        kind.delete(stand.operator, ours)
        if policy:
            body = {"server_group": {"name": want.spec.name, "policy": policy}}
            stand.guest.compute.post("/os-server-groups", body)
        yield
        for each in kind.look(stand.operator, want.address):
            kind.delete(stand.operator, each)
        kind.create(stand.operator, want)

    return change


def hosts_zone(name):
    """The host that all share is put into another availability zone."""

    @contextmanager
    def change(stand):
        compute = stand.operator.compute
        body = {"aggregate": {"name": "elsewhere", "availability_zone": name}}
        made = compute.post("/os-aggregates", body)["aggregate"]["id"]
        try:
            compute.post(f"/os-aggregates/{made}/action", {"add_host": {"host": "sandbox"}})
            yield
            compute.post(f"/os-aggregates/{made}/action", {"remove_host": {"host": "sandbox"}})
        finally:
            compute.delete(f"/os-aggregates/{made}")

    return change


def quota(service, **limits):
    """Quotas are raised by hand, and put back."""

    @contextmanager
    def change(stand):
        api = {"compute": stand.operator.compute, "volume": stand.operator.volume}[service]
        path = f"/os-quota-sets/{stand.project}"
        before = api.get(path)["quota_set"]
        api.put(path, {"quota_set": limits})
        yield
        api.put(path, {"quota_set": {each: before[each] for each in limits}})

    return change


def image_members(image):
    return f"/images/{image['id']}/members"


def shared_image(stand):
    (want,) = (each for each in kinds()["image_access"].desire(stand.tenant))
    return next(each for each in stand.operator.shared.images() if each["name"] == want.spec.image)


@contextmanager
def image_shared_next_door(stand):
    path = image_members(shared_image(stand))
    stand.operator.api("image").post(path, {"member": stand.next_door.project})
    yield
    stand.operator.api("image").delete(f"{path}/{stand.next_door.project}")


@contextmanager
def image_withdrawn(stand):
    path = image_members(shared_image(stand))
    stand.operator.api("image").delete(f"{path}/{stand.project}")
    yield
    stand.operator.api("image").post(path, {"member": stand.project})
    stand.operator.api("image").put(f"{path}/{stand.project}", {"status": "accepted"})


@contextmanager
def quota_of_the_plain_type_raised(stand):
    path = f"/os-quota-sets/{stand.project}"
    stand.operator.volume.put(path, {"quota_set": {"volumes_standard": 5, "gigabytes_standard": 5}})
    yield
    stand.operator.volume.put(path, {"quota_set": {"volumes_standard": 0, "gigabytes_standard": 0}})


@contextmanager
def both_locks_open(stand):
    with plain_type_accessible(stand), quota_of_the_plain_type_raised(stand):
        yield


@contextmanager
def plain_by_default(stand):
    with plain_type_accessible(stand):
        for name in ("standard", "luks"):
            stand.operator.volume.put(
                f"/default-types/{stand.project}", {"default_type": {"volume_type": name}}
            )
            if name == "standard":
                yield


def barbicans():
    """Barbican's own tables, for what only its operator could change."""
    file = Path(os.environ["OS_CLIENT_CONFIG_FILE"]).parent / "databases" / "barbican.sqlite"
    return closing(sqlite3.connect(file, timeout=30))


@contextmanager
def another_store_preferred(stand):
    """An administrator of the project has a store preferred that the estate does not call hardware.

    This key manager has one store, which must go on to work: what it is called changes, in its own table.
    """
    role, group = stand.operator.shared.roles()["admin"], stand.id("group", "operators")
    path = f"/projects/{stand.project}/groups/{group}/roles/{role}"
    stand.operator.identity.put(path)
    with guest(stand.operator, stand.tenant) as as_admin:
        keys = as_admin.api("key-manager")
        (store,) = (
            each["secret_store_ref"].split("/")[-1] for each in keys.get("/secret-stores")["secret_stores"]
        )
        keys.post(f"/secret-stores/{store}/preferred", None)
    stand.operator.identity.delete(path)
    with barbicans() as rows, rows:
        rows.execute("UPDATE secret_stores SET name = 'Elsewhere' WHERE id = ?", (store,))
    yield
    with barbicans() as rows, rows:
        rows.execute("UPDATE secret_stores SET name = 'Software Only Crypto' WHERE id = ?", (store,))
        assert rows.execute("DELETE FROM project_secret_store").rowcount == 1


def kept_key(*, bits=256, days=0, opened=False):
    """The tenant has a key in its ring that is not as its documents want it."""

    @contextmanager
    def keep(stand):
        keys = stand.guest.api("key-manager")
        ring = Ring(stand.guest, stand.tenant.key, KeyPolicy(private=True))
        made = ring.bring("broken", Brought(secrets.token_bytes(bits // 8)))
        if opened:
            keys.put(f"/secrets/{made.id}/acl", {"read": {"project-access": True}})
        if days:
            born = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S.%f")
            with barbicans() as rows, rows:
                changed = rows.execute("UPDATE secrets SET created_at = ? WHERE id = ?", (born, made.id))
                assert changed.rowcount == 1
        yield
        assert ring.destroy(made) == 404

    return keep


@contextmanager
def backup_in_clear(stand):
    """A volume of a type that does not encrypt was backed up while the tenant could."""
    volumes = stand.guest.volume

    def until(path, key, done):
        for _ in range(200):
            try:
                found = volumes.get(path)[key]
            except NotFound:
                return None
            if done(found):
                return found
            time.sleep(0.1)
        raise AssertionError(path)

    with both_locks_open(stand):
        body = {"volume": {"size": 1, "name": "plain", "volume_type": "standard"}}
        volume = volumes.post("/volumes", body)["volume"]["id"]
        until(f"/volumes/{volume}", "volume", lambda found: found["status"] == "available")
        backup = volumes.post("/backups", {"backup": {"volume_id": volume, "name": "plain"}})["backup"]["id"]
        until(f"/backups/{backup}", "backup", lambda found: found["status"] == "available")
        volumes.delete(f"/volumes/{volume}")
        until(f"/volumes/{volume}", "volume", lambda _: False)
    yield
    volumes.delete(f"/backups/{backup}")
    until(f"/backups/{backup}", "backup", lambda _: False)


@contextmanager
def plain_type_public(stand):
    """The operator makes a volume type that does not encrypt, for everybody."""
    made = stand.operator.volume.post("/types", {"volume_type": {"name": "plain-for-all"}})["volume_type"]
    yield
    stand.operator.volume.delete(f"/types/{made['id']}")


_TYPES = "volume-types-exact volume-types-encrypted"


def listening(*rules, **said):
    """A load balancer of the tenant listens, with a pool or rules; Octavia's provider takes any certificate."""

    @contextmanager
    def listen(stand):
        balancers = stand.operator.api("load-balancer")
        body = {"project_id": stand.project, "vip_network_id": stand.id("network", "backend")}
        made = balancers.post("/lbaas/loadbalancers", {"loadbalancer": body})["loadbalancer"]["id"]
        with undone(balancers, f"/lbaas/loadbalancers/{made}?cascade=true"):
            listener = {"name": "web", "loadbalancer_id": made, **said}
            web = balancers.post("/lbaas/listeners", {"listener": listener})["listener"]["id"]
            for collection, key, body in rules:
                balancers.post(f"/lbaas/{collection}", {key: {"listener_id": web, **body}})
            yield

    return listen


@contextmanager
def undone(api, path):
    try:
        yield
    finally:
        api.delete(path)


PLAIN = {"protocol": "HTTP", "protocol_port": 80}
ENDS_TLS = {
    "protocol": "TERMINATED_HTTPS",
    "protocol_port": 443,
    "default_tls_container_ref": "http://127.0.0.1/v1/secrets/00000000-0000-0000-0000-000000000000",
}
POOL = ("pools", "pool", {"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"})


def go(target):
    return ("l7policies", "l7policy", {"action": "REDIRECT_PREFIX", "redirect_prefix": target})


serves = listening(POOL, **PLAIN)
leads_astray = listening(go("http://elsewhere.example/"), **PLAIN)
offers_old_tls = listening(**ENDS_TLS, tls_versions=["TLSv1.2", "TLSv1.3"])
KEPT = {
    "web (HTTP 80)": listening(go("https://city.example/"), ("l7policies", "l7policy", {"action": "REJECT"}), **PLAIN),
    "web (TERMINATED_HTTPS 443, TLSv1.3)": listening(**ENDS_TLS, tls_versions=["TLSv1.3"]),
    "web (TCP 22)": listening(protocol="TCP", protocol_port=22),
}  # fmt: skip


MUTATIONS = {
    "a container is opened": (SECURED, "nothing-public", opened_container),
    "a dataset is closed": (TOWN, "dataset-read-by-anybody dataset-read-from-pages", headed("donnees-publiques", read="")),
    "a dataset is written by all": (TOWN, "dataset-written-by-nobody-else containers-written-by-their-own", headed("donnees-publiques", write="*:*")),
    "a container is written by another project": (SECURED, "containers-written-by-their-own", by_hand(x_container_write="0123456789abcdef0123456789abcdef:*")),
    "a container is read by whoever has an account": (SECURED, "nothing-public", by_hand(x_container_read="*:*")),
    "a container keeps no versions": (SECURED, "containers-versioned", by_hand(x_versions_enabled="")),
    "a container is copied away": (SECURED, "containers-not-copied", by_hand(x_container_sync_to="http://127.0.0.1:1/v1/AUTH_x/y")),
    "a container takes copies": (SECURED, "containers-not-copied", by_hand(x_container_sync_key="k")),
    "the account signs addresses": (SECURED, "no-signed-addresses", told("", x_account_meta_temp_url_key="k")),
    "a container signs addresses": (SECURED, "no-signed-addresses", by_hand(x_container_meta_temp_url_key_2="k")),
    "a public container has no licence": (TOWN, "datasets-lawful", lawful_but(x_container_meta_licence="")),
    "a public container has a licence of its own": (TOWN, "datasets-lawful", lawful_but(x_container_meta_licence="mine")),
    "a public container has no rhythm": (TOWN, "datasets-lawful", lawful_but(x_container_meta_frequency="")),
    "a public container keeps no versions": (TOWN, "datasets-lawful containers-versioned", lawful_but(x_versions_enabled="")),
    "a published file has no checksum": (TOWN, "datasets-checksummed", a_file_without_checksum),
    "pages may not read a dataset": (TOWN, "dataset-read-from-pages", told("/donnees-publiques", x_container_meta_access_control_allow_origin="")),
    "the account has no quota": (TOWN, "account-quota", told("", x_account_meta_quota_bytes="")),
    "a container has no quota": (TOWN, "container-quota", told("/documents", x_container_meta_quota_bytes="")),
    "a private container is opened": (TOWN, "container-private datasets-lawful", headed("documents", read=".r:*")),
    "a secret is opened": (SECURED, "secret-of-another-tenant", opened_secret),
    "keys rest elsewhere": (SECURED, "keys-in-hardware", another_store_preferred),
    "a key is opened to the project": (SECURED, "keys-private", kept_key(opened=True)),
    "a key is overdue": (SECURED, "keys-fresh", kept_key(days=366)),
    "a key is weak": (SECURED, "keys-strong", kept_key(bits=128)),
    "a network is shared with a project": (SECURED, "network-not-shared shares-as-written", shared_with(None)),
    "a network is shared with all": (SECURED, "network-not-shared shares-as-written", shared_with("*")),
    "there is room for shares": (SECURED, "network-cannot-share quotas-as-written", room_for_shares),
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
    "there is room for a pool": (SECURED, "no-pool-of-its-own", room_for_pools(0)),
    "there is room for one more pool": (TOWN, "no-pool-of-its-own", room_for_pools(1)),
    "an IPv6 prefix is chosen by hand": (SECURED, "ipv6-from-the-pool", a_prefix_by_hand),
    "a pool is shared with another": (TOWN, "pool-is-its-own", pool_shared_next_door),
    "a network is of no pool": (TOWN, "networks-keep-to-their-pool", anew(cidr="172.16.0.0/24")),
    "a log is switched off": (SECURED, "filters-logged", without_log),
    "flavours are withdrawn": (SECURED, "server-boots", without_flavours),
    "the default type is unset": (SECURED, "volume-encrypted backups-encrypted", without_default_type),
    "a plain type is accessible": (SECURED, _TYPES, plain_type_accessible),
    "a plain type is the default": (TOWN, f"volume-encrypted backups-encrypted {_TYPES}", plain_by_default),
    "a backup is in clear": (SECURED, "backups-encrypted", backup_in_clear),
    "a plain type is public": (SECURED, _TYPES, plain_type_public),
    "plain HTTP is served": (SECURED, "balancer-tls", serves),
    "plain HTTP leads elsewhere": (SECURED, "balancer-tls", leads_astray),
    "an old TLS is offered": (SECURED, "balancer-tls", offers_old_tls),
    "an image is shared with another": (SECURED, "images-shared-alone", image_shared_next_door),
    "an image is withdrawn": (SECURED, "images-shared-alone", image_withdrawn),
    "a tenant's hosts are nobody's": (SECURED, "hosts-dedicated", aggregate(filter_tenant_id=None)),
    "another is let onto a tenant's hosts": (SECURED, "hosts-dedicated", aggregate(filter_tenant_id_2=lambda stand: stand.operator.project)),
    "a quota of a plain type is raised": (SECURED, "volume-types-locked quotas-as-written", quota_of_the_plain_type_raised),
    "both locks of a plain type are open": (SECURED, f"volume-types-locked quotas-as-written {_TYPES}", both_locks_open),
    "a quota is raised beyond its envelope": (TOWN, "quotas-as-written", quota("compute", cores=81)),
    "a quota is put back to that of a smaller size": (TOWN, "quotas-as-written", quota("volume", volumes=40)),
    "a quota has no end": (SECURED, "quotas-as-written", quota("compute", ram=-1)),
    "a server group is gone": (TOWN, "members-apart", group_made_anew("web", None)),
    "a server group is made anew, softer": (TOWN, "members-apart", group_made_anew("web", "soft-anti-affinity")),
    "a server group is made anew, the other way round": (SECURED, "members-apart", group_made_anew("spread", "affinity")),
    "the hosts of a zone are in another": (TOWN, "zones-start-machines", hosts_zone("elsewhere")),
}  # fmt: skip
HEAVY = {
    "server-boots",
    "hosts-dedicated",
    "members-apart",
    "zones-start-machines",
    "backups-encrypted",
}  # tried where the mutation could touch them: they are half of the time
OBJECTS = {
    each.name for each in promises() if each.service == "object-store"
}  # what touches them touches nothing else
NETWORKS = {each.name for each in promises() if each.service == "network"}
ABOUT_POOLS = {
    "no-pool-of-its-own",
    "ipv6-from-the-pool",
    "pool-is-its-own",
    "networks-keep-to-their-pool",
}  # what touches them touches nothing but networks
NEAR = ((OBJECTS, OBJECTS), (ABOUT_POOLS, NETWORKS))
BY_ADMIN = {"users-of-another-domain", "servers-of-all-projects", "networks-of-other-projects", "quota-raise"}


def test_every_proof_has_a_mutation():
    mutated = {name for _, names, _ in (MUTATIONS | OF_PEOPLE).values() for name in names.split()}
    assert mutated | BY_ADMIN | ALONE == {each.name for each in promises()}


@pytest.mark.parametrize("words", MUTATIONS)
def test_a_broken_promise_is_seen_and_no_other(stands, words):
    key, names, mutation = MUTATIONS[words]
    spared = () if mutation is unfiltered else HEAVY - {*names.split()}
    near = next((near for of, near in NEAR if set(names.split()) <= of), None)
    with mutation(stands[key]):
        proofs = stands[key].try_all(only=near, but=spared)
    assert (broken(proofs), troubles(proofs)) == (set(names.split()), [])
    assert set(verdicts(stands[key].try_all(only=names.split())).values()) == {"HELD"}


@pytest.mark.parametrize("words", OF_PEOPLE)
def test_what_is_done_to_people_is_seen_and_breaks_nothing_else_of_theirs(stands, words):
    key, names, mutation = OF_PEOPLE[words]
    with mutation(stands[key]):
        proofs = stands[key].try_all(only=ABOUT_PEOPLE)
    assert (broken(proofs), troubles(proofs)) == (set(names.split()), [])


def test_plan_too_tells_of_roles_that_break_what_the_documents_say(proven_estate, stands):
    with granted("observer", "/projects/{project}")(stands[SECURED]):
        changes = workflow.plan(workflow.Question(proven_estate)).plan.changes
    told = [str(each.reason) for each in changes if each.address.kind == "role_assignment"]
    assert [each for each in told if "breaks identity.roles" in each] == told[:1] != []


def test_plan_too_sees_a_quota_that_was_raised_beyond_its_envelope(proven_estate, stands):
    stand = stands[TOWN]
    with quota("compute", cores=81)(stand):
        (change,) = workflow.plan(workflow.Question(proven_estate, (stand.tenant.key,))).plan.pending
    (cores,) = change.fields
    assert (change.address.kind, cores.field, cores.before, cores.after) == ("compute_quota", "cores", 81, 80)


def test_people_as_the_documents_have_them_break_nothing(stands):
    with in_order(stands[SECURED]), in_order(stands[TOWN]):
        for stand in stands.values():
            assert set(verdicts(stand.try_all(only=ABOUT_PEOPLE)).values()) == {"HELD"}


@pytest.mark.parametrize("seen", KEPT)
def test_a_listener_that_keeps_the_promise_is_told(stands, seen):
    with KEPT[seen](stands[SECURED]):
        (proof,) = stands[SECURED].try_all(only=["balancer-tls"])
    assert (proof.verdict, str(proof.seen)) == ("HELD", seen)


def test_without_the_service_the_promise_is_not_provable(stands, monkeypatch):
    stand = stands[SECURED]
    without = replace(stand.operator)
    left = {name: url for name, url in stand.operator.catalogue.items() if name != "load-balancer"}
    without.__dict__.update(catalogue=left, ids=stand.operator.ids)
    monkeypatch.setattr(stand, "operator", without)
    (proof,) = stand.try_all(only=["balancer-tls"])
    assert (proof.verdict, proof.error) == ("NOT_PROVABLE", None)
    assert "no load-balancer service" in str(proof.seen)


def test_a_member_who_is_admin_breaks_what_keeps_tenants_apart(stands):
    stand = stands[SECURED]
    role = stand.operator.shared.roles()["admin"]
    path = f"/projects/{stand.project}/groups/{stand.id('group', 'operators')}/roles/{role}"
    stand.operator.identity.put(path)
    try:
        with guest(stand.operator, stand.tenant) as as_admin:
            proofs = Stand(stand.operator, stand.tenant, as_admin, stand.next_door).try_all(
                but={*HEAVY, "volume-encrypted"}
            )
    finally:
        stand.operator.identity.delete(path)
    assert broken(proofs) >= BY_ADMIN
    assert troubles(proofs) == []
