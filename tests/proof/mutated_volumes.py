"""What can be done to the volumes of a tenant and their types behind the tool's back."""

from __future__ import annotations

import time
from contextlib import contextmanager

from promised import SECURED, TOWN

from provision.errors import NotFound

_TYPES = "volume-types-exact volume-types-encrypted"


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


OF_VOLUMES = {
    "the default type is unset": (SECURED, "volume-encrypted backups-encrypted", without_default_type),
    "a plain type is accessible": (SECURED, _TYPES, plain_type_accessible),
    "a plain type is the default": (TOWN, f"volume-encrypted backups-encrypted {_TYPES}", plain_by_default),
    "a backup is in clear": (SECURED, "backups-encrypted", backup_in_clear),
    "a plain type is public": (SECURED, _TYPES, plain_type_public),
    "a quota of a plain type is raised": (SECURED, "volume-types-locked quotas-as-written", quota_of_the_plain_type_raised),
    "both locks of a plain type are open": (SECURED, f"volume-types-locked quotas-as-written {_TYPES}", both_locks_open),
}  # fmt: skip
