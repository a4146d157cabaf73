"""What can be done to the keys and secrets of a tenant behind the tool's back."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from promised import SECURED

from provision.cloud.guest import guest
from provision.keyring import Brought, Ring
from provision.model.key import KeyPolicy


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


OF_KEYS = {
    "a secret is opened": (SECURED, "secret-of-another-tenant", opened_secret),
    "keys rest elsewhere": (SECURED, "keys-in-hardware", another_store_preferred),
    "a key is opened to the project": (SECURED, "keys-private", kept_key(opened=True)),
    "a key is overdue": (SECURED, "keys-fresh", kept_key(days=366)),
    "a key is weak": (SECURED, "keys-strong", kept_key(bits=128)),
}  # fmt: skip
