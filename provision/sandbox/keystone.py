"""keystone: identity, tokens, the catalogue; its first accounts are made in its own process."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING, Any

from provision.sandbox.ini import quiet, render
from provision.sandbox.recipe import Recipe
from provision.sandbox.site import PRIVATE_FILE, REGION, make_folder, random_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provision.sandbox.site import Site

ROLES = ("creator", "observer", "audit", "swiftoperator", "ResellerAdmin")
METHODS = "external,password,token,oauth1,mapped,application_credential,totp"  # totp is not there by default
_ROUNDS = 4


def configure(site: Site) -> Mapping[str, str]:
    """Return keystone's configuration; passwords are hashed four rounds deep, tokens are cached in memory.

    A domain's people may come from a directory of its own, as on clouds that offer it: users and groups are then only
    listed domain by domain.
    """
    text = render(
        {
            "DEFAULT": {"debug": False},
            "database": {"connection": site.database("keystone"), "sqlite_synchronous": False},
            "cache": {"enabled": True, "backend": "dogpile.cache.memory"},
            "identity": {
                "password_hash_rounds": _ROUNDS,
                "password_hash_algorithm": "bcrypt",
                "domain_specific_drivers_enabled": True,
                "domain_configurations_from_database": True,
            },
            "auth": {"methods": METHODS},
            "token": {"provider": "fernet", "expiration": 86400},
            "fernet_tokens": {"key_repository": site.path("keystone", "tokens")},
            "fernet_receipts": {"key_repository": site.path("keystone", "receipts")},
            "credential": {"key_repository": site.path("keystone", "credentials")},
            **quiet(),
        }
    )
    for repository in ("tokens", "receipts", "credentials"):
        _keys(site, repository)
    return {"keystone/keystone.conf": text}


def _keys(site: Site, repository: str) -> None:
    """Make the two Fernet keys of a repository, once."""
    folder = make_folder(site.path("keystone", repository))
    for name in ("0", "1"):
        if not (folder / name).exists():
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE)
            os.write(descriptor, random_key().encode("ascii"))
            os.close(descriptor)


def _load(site: Site) -> None:
    """Read the configuration in this process."""
    from keystone import server  # noqa: PLC0415

    server.configure(config_files=[str(site.path("keystone", "keystone.conf"))])


def schema(site: Site) -> None:
    """Make the tables, the administrator, the service accounts and the catalogue."""
    from keystone.cmd import bootstrap  # noqa: PLC0415
    from keystone.common import provider_api  # noqa: PLC0415
    from keystone.common.sql import upgrades  # noqa: PLC0415

    _load(site)
    upgrades.offline_sync_database_to_version()
    first = bootstrap.Bootstrapper()
    first.admin_username, first.admin_password = "admin", site.secrets.admin
    first.admin_role_name, first.project_name = "admin", "admin"
    first.region_id, first.service_name = REGION, "keystone"
    first.public_url = f"{site.url('keystone')}/v3"
    first.bootstrap()
    apis = provider_api.ProviderAPIs
    _roles(apis, first)
    _accounts(apis, first, site)
    _catalogue(apis, site)


def _new() -> str:
    """Return a new id."""
    from uuid import uuid4  # noqa: PLC0415

    return uuid4().hex


def _roles(apis: Any, first: Any) -> None:  # noqa: ANN401 - keystone has no types
    """Make the roles other services know; the administrator may write into any object store account."""
    for name in ROLES:
        identity = _new()
        apis.role_api.create_role(identity, {"id": identity, "name": name})
        if name == "ResellerAdmin":
            apis.assignment_api.add_role_to_user_and_project(first.admin_user_id, first.project_id, identity)


def _accounts(apis: Any, first: Any, site: Site) -> None:  # noqa: ANN401 - keystone has no types
    """Make one account a service, in the project ``service``."""
    from provision.sandbox.services import chosen  # noqa: PLC0415

    project = {"id": _new(), "name": "service", "domain_id": "default", "enabled": True, "description": ""}
    apis.resource_api.create_project(project["id"], project)
    for recipe in chosen(site):
        if recipe.name == "keystone":
            continue
        user = {
            "name": recipe.name,
            "password": site.secrets.service,
            "domain_id": "default",
            "enabled": True,
        }
        made = apis.identity_api.create_user(user)
        for role in (first.admin_role_id, first.service_role_id):
            apis.assignment_api.add_role_to_user_and_project(made["id"], project["id"], role)


def _catalogue(apis: Any, site: Site) -> None:  # noqa: ANN401 - keystone has no types
    """Write the other services into the catalogue."""
    from provision.sandbox.services import chosen  # noqa: PLC0415

    for recipe in chosen(site):
        if recipe.name == "keystone":
            continue
        service = {"id": _new(), "type": recipe.catalogue, "name": recipe.name, "enabled": True}
        apis.catalog_api.create_service(service["id"], service)
        for interface in ("public", "internal", "admin"):
            endpoint = {
                "id": _new(),
                "service_id": service["id"],
                "interface": interface,
                "region_id": REGION,
                "url": f"{site.url(recipe.name)}{recipe.suffix}",
                "enabled": True,
            }
            apis.catalog_api.create_endpoint(endpoint["id"], endpoint)


def relocate(site: Site, endpoints: Iterable[tuple[str, str]], *, passwords: bool) -> None:
    """Write this sandbox's ports, and on request its passwords, into a database made elsewhere."""
    with sqlite3.connect(site.path("databases", "keystone.sqlite"), timeout=60) as database:
        for kind, url in endpoints:
            database.execute(
                "UPDATE endpoint SET url = ? WHERE service_id IN (SELECT id FROM service WHERE type = ?)",
                (url, kind),
            )
        if passwords:
            _set_passwords(database, site)
    database.close()


def _set_passwords(database: sqlite3.Connection, site: Site) -> None:
    """Write the hashes of this sandbox's own passwords."""
    import bcrypt  # noqa: PLC0415 - comes with keystone

    def hashed(password: str) -> str:
        return bcrypt.hashpw(password.encode(), bcrypt.gensalt(_ROUNDS)).decode("ascii")

    who = "SELECT id FROM local_user WHERE name"
    for operator, password in (("=", site.secrets.admin), ("!=", site.secrets.service)):
        database.execute(
            f"UPDATE password SET password_hash = ? WHERE local_user_id IN ({who} {operator} 'admin')",  # noqa: S608
            (hashed(password),),
        )


def serve(site: Site) -> Any:  # noqa: ANN401 - a WSGI application
    """Return keystone's application; SQLite is told to remove what hung on what is removed, as other databases do."""
    from keystone.common import sql  # noqa: PLC0415
    from keystone.server.flask import core  # noqa: PLC0415

    sql.enable_sqlite_foreign_key()

    return core.initialize_application(
        name="public", config_files=[str(site.path("keystone", "keystone.conf"))]
    )


RECIPE = Recipe(
    name="keystone",
    catalogue="identity",
    suffix="/v3",
    probe="/v3/auth/tokens",
    configure=configure,
    schema=schema,
    serve=serve,
    packages=("keystone",),
    modules=("keystone.server.flask.core",),
    databases=("keystone",),
)
