"""Every proof can fail: a promise is broken behind the tool's back, and exactly the proofs of that promise say so."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from promised import AT_A_TIME, SECURED, TOWN, Stand, broken, troubles, verdicts

from provision.cloud.guest import guest
from provision.kind import kinds
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
    path = f"/networks/{stand.id('network', 'backend')}"
    stand.operator.network.put(path, {"network": {"port_security_enabled": False}})
    yield
    stand.operator.network.put(path, {"network": {"port_security_enabled": True}})


def let_in(family):
    @contextmanager
    def rule(stand):
        body = {
            "security_group_id": stand.id("security_group", "default"),
            "project_id": stand.project,
            "direction": "ingress",
            "ethertype": family,
        }
        made = stand.operator.network.post("/security-group-rules", {"security_group_rule": body})
        yield
        stand.operator.network.delete(f"/security-group-rules/{made['security_group_rule']['id']}")

    return rule


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


MUTATIONS = {
    "a container is opened": (SECURED, "nothing-public", opened_container),
    "a dataset is closed": (TOWN, "dataset-read-by-anybody", headed("donnees-publiques", read="")),
    "a dataset is written by all": (TOWN, "dataset-written-by-nobody-else", headed("donnees-publiques", write="*:*")),
    "a private container is opened": (TOWN, "container-private", headed("documents", read=".r:*")),
    "a secret is opened": (SECURED, "secret-of-another-tenant", opened_secret),
    "a network is shared with a project": (SECURED, "network-not-shared", shared_with(None)),
    "a network is shared with all": (SECURED, "network-not-shared", shared_with("*")),
    "there is room for shares": (SECURED, "network-cannot-share", room_for_shares),
    "a foreign network is shown": (SECURED, "networks-of-other-projects", shown_a_foreign_network),
    "ports are not filtered": (SECURED, "port-security", unfiltered),
    "IPv6 is let in": (SECURED, "default-deny", let_in("IPv6")),
    "IPv4 is let in": (TOWN, "default-deny", let_in("IPv4")),
    "flavours are withdrawn": (SECURED, "server-boots", without_flavours),
    "the default type is unset": (SECURED, "volume-encrypted", without_default_type),
    "a plain type is accessible": (SECURED, "volume-types-exact", plain_type_accessible),
    "an image is shared with another": (SECURED, "images-shared-alone", image_shared_next_door),
    "an image is withdrawn": (SECURED, "images-shared-alone", image_withdrawn),
    "a tenant's hosts are nobody's": (SECURED, "hosts-dedicated", aggregate(filter_tenant_id=None)),
    "another is let onto a tenant's hosts": (SECURED, "hosts-dedicated", aggregate(filter_tenant_id_2=lambda stand: stand.operator.project)),
    "a quota of a plain type is raised": (SECURED, "volume-types-locked", quota_of_the_plain_type_raised),
    "both locks of a plain type are open": (SECURED, "volume-types-locked volume-types-exact", both_locks_open),
    "a plain type is the default": (TOWN, "volume-encrypted volume-types-exact", plain_by_default),
}  # fmt: skip
SERVERS = {"server-boots", "hosts-dedicated"}
SLOW = {
    *SERVERS,
    "volume-encrypted",
}  # tried where the mutation could touch them: they are most of the time
BY_ADMIN = {"users-of-another-domain", "servers-of-all-projects", "networks-of-other-projects", "quota-raise"}


def test_every_proof_has_a_mutation():
    mutated = {name for _, names, _ in MUTATIONS.values() for name in names.split()}
    assert mutated | BY_ADMIN == {each.name for each in promises()}


@pytest.mark.parametrize("words", MUTATIONS)
def test_a_broken_promise_is_seen_and_no_other(stands, words):
    key, names, mutation = MUTATIONS[words]
    spared = () if mutation is unfiltered else SERVERS - {*names.split()}  # they are half of the time
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
