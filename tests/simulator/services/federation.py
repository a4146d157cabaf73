"""Keystone's identity providers, their protocols, mappings, and what a domain's people are read from."""

from __future__ import annotations

import time

from simulator.route import Answer
from simulator.services.keystone import admins_only, links, refuse, routes, there
from simulator.world import Mapping, Protocol, Provider

ANYTIME = float("inf")
_SENSITIVE = {"password"}


# --- identity providers


def _provider_body(ask, row):
    at = f"{ask.at}/v3/OS-FEDERATION/identity_providers/{row.id}"
    return {
        "id": row.id,
        "domain_id": row.domain_id,
        "enabled": row.enabled,
        "description": row.description,
        "remote_ids": list(row.remote_ids),
        "authorization_ttl": row.ttl,
        "links": {"self": at, "protocols": f"{at}/protocols"},
    }


def _alone(world, remote_ids, but=None):
    """Refuse a remote id that another provider has."""
    for each in world.providers:
        taken = next((remote for remote in remote_ids if remote in each.remote_ids), None)
        if each is not but and taken is not None:
            raise refuse(
                409,
                f"Conflict occurred attempting to store identity_provider - Duplicate remote ID: {taken}.",
            )


@routes.on("GET", "/v3/OS-FEDERATION/identity_providers")
def list_providers(world, ask):
    admins_only(ask, "list_identity_providers")
    found = [_provider_body(ask, row) for row in world.providers.select({}, ask.horizon)]
    return Answer(200, {"identity_providers": found, "links": links(ask)})


@routes.on("GET", "/v3/OS-FEDERATION/identity_providers/{id}")
def show_provider(world, ask, identifier):
    admins_only(ask, "get_identity_provider")
    row = there(world.providers, identifier, "Identity Provider", ask.horizon)
    return Answer(200, {"identity_provider": _provider_body(ask, row)})


@routes.on("PUT", "/v3/OS-FEDERATION/identity_providers/{id}")
def create_provider(world, ask, identifier):
    admins_only(ask, "create_identity_provider")
    said = ask.body["identity_provider"]
    there(world.domains, said["domain_id"], "domain", ANYTIME)
    if identifier in world.providers.rows:
        raise refuse(
            409,
            f"Conflict occurred attempting to store identity_provider - Duplicate entry: {identifier}.",
        )
    _alone(world, said.get("remote_ids") or ())
    row = world.row(
        Provider,
        identifier,
        description=said.get("description"),
        identifier=identifier,
        domain_id=said["domain_id"],
        enabled=said.get("enabled", False),
        remote_ids=tuple(sorted(said.get("remote_ids") or ())),
        ttl=said.get("authorization_ttl"),
    )
    return Answer(201, {"identity_provider": _provider_body(ask, world.providers.add(row))})


@routes.on("PATCH", "/v3/OS-FEDERATION/identity_providers/{id}")
def update_provider(world, ask, identifier):
    admins_only(ask, "update_identity_provider")
    row, said = (
        there(world.providers, identifier, "Identity Provider", ANYTIME),
        ask.body["identity_provider"],
    )
    fields = {name: said[name] for name in ("description", "enabled") if name in said}
    if "remote_ids" in said:
        _alone(world, said["remote_ids"] or (), row)
        fields["remote_ids"] = tuple(sorted(said["remote_ids"] or ()))
    if "authorization_ttl" in said:
        fields["ttl"] = said["authorization_ttl"]
    world.providers.change(row, {**fields, "written": time.time()})
    return Answer(200, {"identity_provider": _provider_body(ask, row)})


@routes.on("DELETE", "/v3/OS-FEDERATION/identity_providers/{id}")
def delete_provider(world, ask, identifier):
    admins_only(ask, "delete_identity_provider")
    row = there(world.providers, identifier, "Identity Provider", ANYTIME)
    for protocol in world.protocols.having("provider", identifier):
        world.protocols.remove(protocol)
    world.providers.remove(row)
    return Answer(204)


# --- protocols


def _protocol_body(ask, row, *, whole=False):
    at = f"{ask.at}/v3/OS-FEDERATION/identity_providers/{row.provider}"
    body = {
        "id": row.name,
        "mapping_id": row.mapping,
        "links": {"self": f"{at}/protocols/{row.name}", "identity_provider": at},
    }
    return {**body, "idp_id": row.provider, "remote_id_attribute": row.issuer} if whole else body


def _mapped(world, said):
    if said["mapping_id"] not in world.mappings.rows:
        raise refuse(400, f"Invalid mapping id: {said['mapping_id']}")


def _protocol(world, provider, name, horizon):
    row = world.protocols.get(f"{provider}/{name}", horizon)
    if row is None:
        raise refuse(404, f"Could not find federated protocol {name} for Identity Provider: {provider}.")
    return row


@routes.on("GET", "/v3/OS-FEDERATION/identity_providers/{id}/protocols")
def list_protocols(world, ask, provider):
    admins_only(ask, "list_protocols")
    rows = world.protocols.select({"provider": {provider}}, ask.horizon)
    return Answer(
        200, {"protocols": [_protocol_body(ask, row, whole=True) for row in rows], "links": links(ask)}
    )


@routes.on("GET", "/v3/OS-FEDERATION/identity_providers/{id}/protocols/{protocol}")
def show_protocol(world, ask, provider, name):
    admins_only(ask, "get_protocol")
    return Answer(200, {"protocol": _protocol_body(ask, _protocol(world, provider, name, ask.horizon))})


@routes.on("PUT", "/v3/OS-FEDERATION/identity_providers/{id}/protocols/{protocol}")
def create_protocol(world, ask, provider, name):
    admins_only(ask, "create_protocol")
    said = ask.body["protocol"]
    _mapped(world, said)
    there(world.providers, provider, "Identity Provider", ANYTIME)
    if f"{provider}/{name}" in world.protocols.rows:
        raise refuse(
            409, "Conflict occurred attempting to store federation_protocol - Duplicate entry found."
        )
    row = world.row(
        Protocol,
        name,
        identifier=f"{provider}/{name}",
        provider=provider,
        mapping=said["mapping_id"],
        issuer=said.get("remote_id_attribute"),
    )
    return Answer(201, {"protocol": _protocol_body(ask, world.protocols.add(row))})


@routes.on("PATCH", "/v3/OS-FEDERATION/identity_providers/{id}/protocols/{protocol}")
def update_protocol(world, ask, provider, name):
    admins_only(ask, "update_protocol")
    row, said = _protocol(world, provider, name, ANYTIME), ask.body["protocol"]
    _mapped(world, said)
    issuer = said.get("remote_id_attribute", row.issuer)
    world.protocols.change(row, {"mapping": said["mapping_id"], "issuer": issuer, "written": time.time()})
    return Answer(200, {"protocol": _protocol_body(ask, row)})


@routes.on("DELETE", "/v3/OS-FEDERATION/identity_providers/{id}/protocols/{protocol}")
def delete_protocol(world, ask, provider, name):
    admins_only(ask, "delete_protocol")
    world.protocols.remove(_protocol(world, provider, name, ANYTIME))
    return Answer(204)


# --- mappings


def _mapping_body(ask, row):
    return {
        "id": row.id,
        "rules": row.rules,
        "schema_version": row.version,
        "links": {"self": f"{ask.at}/v3/OS-FEDERATION/mappings/{row.id}"},
    }


@routes.on("GET", "/v3/OS-FEDERATION/mappings")
def list_mappings(world, ask):
    admins_only(ask, "list_mappings")
    rows = world.mappings.select({}, ask.horizon)
    return Answer(200, {"mappings": [_mapping_body(ask, row) for row in rows], "links": links(ask)})


@routes.on("GET", "/v3/OS-FEDERATION/mappings/{id}")
def show_mapping(world, ask, identifier):
    admins_only(ask, "get_mapping")
    row = there(world.mappings, identifier, "mapping", ask.horizon)
    return Answer(200, {"mapping": _mapping_body(ask, row)})


@routes.on("PUT", "/v3/OS-FEDERATION/mappings/{id}")
def create_mapping(world, ask, identifier):
    admins_only(ask, "create_mapping")
    said = ask.body["mapping"]
    if identifier in world.mappings.rows:
        raise refuse(409, "Conflict occurred attempting to store mapping - Duplicate entry found.")
    row = world.row(
        Mapping,
        identifier,
        identifier=identifier,
        rules=said["rules"],
        version=said.get("schema_version") or "1.0",
    )
    return Answer(201, {"mapping": _mapping_body(ask, world.mappings.add(row))})


@routes.on("PATCH", "/v3/OS-FEDERATION/mappings/{id}")
def update_mapping(world, ask, identifier):
    admins_only(ask, "update_mapping")
    row, said = there(world.mappings, identifier, "mapping", ANYTIME), ask.body["mapping"]
    fields = {"rules": said["rules"], "version": said.get("schema_version") or "1.0"}
    world.mappings.change(row, {**fields, "written": time.time()})
    return Answer(200, {"mapping": _mapping_body(ask, row)})


@routes.on("DELETE", "/v3/OS-FEDERATION/mappings/{id}")
def delete_mapping(world, ask, identifier):
    admins_only(ask, "delete_mapping")
    world.mappings.remove(there(world.mappings, identifier, "mapping", ANYTIME))
    return Answer(204)


# --- directories


def _shown(config):
    """Return what Keystone shows of a domain's configuration: no password."""
    return {
        group: {option: value for option, value in options.items() if option not in _SENSITIVE}
        for group, options in config.items()
    }


@routes.on("GET", "/v3/domains/{id}/config")
def show_config(world, ask, domain):
    admins_only(ask, "get_domain_config")
    there(world.domains, domain, "domain", ask.horizon)
    said = world.directories.get(domain, ask.horizon)
    if said is None:
        raise refuse(404, f"Could not find any options in domain configuration for domain {domain}.")
    return Answer(200, {"config": _shown(said)})


@routes.on("PUT", "/v3/domains/{id}/config")
def create_config(world, ask, domain):
    admins_only(ask, "create_domain_config")
    there(world.domains, domain, "domain", ANYTIME)
    before, said = world.directories.get(domain), ask.body["config"]
    world.directories.put(domain, said, time.time())
    return Answer(200 if before else 201, {"config": _shown(said)})


@routes.on("PATCH", "/v3/domains/{id}/config")
def update_config(world, ask, domain):
    admins_only(ask, "update_domain_config")
    there(world.domains, domain, "domain", ANYTIME)
    said = {group: {**options} for group, options in (world.directories.get(domain) or {}).items()}
    for group, options in ask.body["config"].items():
        said.setdefault(group, {}).update(options)
    world.directories.put(domain, said, time.time())
    return Answer(200, {"config": _shown(said)})


@routes.on("DELETE", "/v3/domains/{id}/config")
def delete_config(world, ask, domain):
    admins_only(ask, "delete_domain_config")
    there(world.domains, domain, "domain", ANYTIME)
    world.directories.drop(domain)
    return Answer(204)
