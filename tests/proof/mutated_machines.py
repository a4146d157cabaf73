"""What can be done to the machines, images and quotas of a tenant behind the tool's back."""

from __future__ import annotations

from contextlib import contextmanager

from promised import SECURED, TOWN

from provision.kind import kinds


@contextmanager
def without_flavours(stand):
    flavors = [each["id"] for each in stand.operator.shared.flavors() if each["name"].startswith("sec.")]
    for word in ("removeTenantAccess", "addTenantAccess"):
        for flavor in flavors:
            stand.operator.compute.post(f"/flavors/{flavor}/action", {word: {"tenant": stand.project}})
        if word == "removeTenantAccess":
            yield


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


OF_MACHINES = {
    "flavours are withdrawn": (SECURED, "server-boots", without_flavours),
    "an image is shared with another": (SECURED, "images-shared-alone", image_shared_next_door),
    "an image is withdrawn": (SECURED, "images-shared-alone", image_withdrawn),
    "a tenant's hosts are nobody's": (SECURED, "hosts-dedicated", aggregate(filter_tenant_id=None)),
    "another is let onto a tenant's hosts": (SECURED, "hosts-dedicated", aggregate(filter_tenant_id_2=lambda stand: stand.operator.project)),
    "a quota is raised beyond its envelope": (TOWN, "quotas-as-written", quota("compute", cores=81)),
    "a quota is put back to that of a smaller size": (TOWN, "quotas-as-written", quota("volume", volumes=40)),
    "a quota has no end": (SECURED, "quotas-as-written", quota("compute", ram=-1)),
    "a server group is gone": (TOWN, "members-apart", group_made_anew("web", None)),
    "a server group is made anew, softer": (TOWN, "members-apart", group_made_anew("web", "soft-anti-affinity")),
    "a server group is made anew, the other way round": (SECURED, "members-apart", group_made_anew("spread", "affinity")),
    "the hosts of a zone are in another": (TOWN, "zones-start-machines", hosts_zone("elsewhere")),
}  # fmt: skip
