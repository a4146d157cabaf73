"""Swift: accounts that are there for the asking, containers with their headers, and a few small objects."""

from __future__ import annotations

import hashlib
import time

from simulator.route import Answer, Refusal, Routes
from simulator.world import Container

routes = Routes("object-store")
_HTML = {"Content-Type": "text/html; charset=UTF-8"}
_TEXTS = {
    401: (
        "Unauthorized",
        "This server could not verify that you are authorized to access the document you requested.",
    ),
    403: ("Forbidden", "Access was denied to this resource."),
    404: ("Not Found", "The resource could not be found."),
    409: ("Conflict", "There was a conflict when trying to complete your request."),
}
_READERS = frozenset({"reader", "member", "admin", "swiftoperator"})
_WRITERS = frozenset({"member", "admin", "swiftoperator"})
_ACLS = ("x-container-read", "x-container-write")
_SAID = (*_ACLS, "x-container-sync-to", "x-container-sync-key")
_QUOTA = "x-account-meta-quota-bytes"


def refuse(status, text=None):
    title, words = _TEXTS.get(status, ("Bad Request", ""))
    said = text or f"<html><h1>{title}</h1><p>{words}</p></html>"
    return Refusal(status, said.encode(), _HTML)


def _may(world, ask, account, roles, acl=""):
    """Let in: the reseller, the account's own people by their roles, and whom the container's list names."""
    if acl and _listed(ask, acl):
        return
    if ask.who is None:
        raise refuse(401)
    own = f"AUTH_{ask.who.project}" == account and ask.who.roles & roles
    if not own and "ResellerAdmin" not in ask.who.roles:
        raise refuse(403)


def _listed(ask, acl):
    entries = {entry.strip() for entry in acl.split(",")}
    if ask.method in {"GET", "HEAD"} and ".r:*" in entries:
        return True
    if ask.who is None:
        return False
    project, user = ask.who.project, ask.who.user.id
    return bool(entries & {f"{project}:*", f"{project}:{user}", f"*:{user}", "*:*"})


def _key(account, name):
    return f"{account}/{name}"


def _there(world, account, name, horizon=float("inf")):
    row = world.containers.get(_key(account, name), horizon)
    if row is None:
        raise refuse(404)
    return row


@routes.on("GET HEAD", "/v1/{account}")
def show_account(world, ask, account):
    _may(world, ask, account, _READERS)
    project = account.removeprefix("AUTH_")
    rows = world.containers.select({"project_id": {project}}, ask.horizon)
    said = world.accounts.get(project, ask.horizon) or {}
    headers = {"X-Account-Container-Count": str(len(rows)), "X-Timestamp": f"{time.time():.5f}", **said}
    if said.get(_QUOTA):
        headers["X-Account-Quota-Bytes"] = said[_QUOTA]
    if ask.method == "HEAD":
        return Answer(204, None, headers)
    marker, limit = ask.one("marker", ""), int(ask.one("limit", "10000"))
    shown = [_entry(row) for row in rows if row.name > marker][:limit]
    return Answer(200, shown, {**headers, "Content-Type": "application/json; charset=utf-8"})


def _entry(row):
    size = sum(len(body) for body, _ in row.objects.values())
    when = time.strftime("%Y-%m-%dT%H:%M:%S.000000", time.gmtime(row.born))
    return {
        "name": row.name,
        "count": len(row.objects),
        "bytes": size,
        "last_modified": when,
        "storage_policy": "one-copy",
    }


@routes.on("POST", "/v1/{account}")
def write_account(world, ask, account):
    _may(world, ask, account, _WRITERS)
    sent = {name.lower(): value for name, value in ask.headers.items()}
    if _QUOTA in sent and "ResellerAdmin" not in ask.who.roles:
        raise refuse(403)
    if not sent.get(_QUOTA, "0").isdigit() and sent[_QUOTA]:
        raise refuse(400)
    project = account.removeprefix("AUTH_")
    told = {name: value for name, value in sent.items() if name.startswith("x-account-meta-")}
    said = {name: value for name, value in {**(world.accounts.get(project) or {}), **told}.items() if value}
    if said:
        world.accounts.put(project, said, time.time())
    else:
        world.accounts.drop(project)
    return Answer(204, b"", _HTML)


@routes.on("PUT POST", "/v1/{account}/{container}")
def write_container(world, ask, account, name):
    _may(world, ask, account, _WRITERS)
    _check(ask.headers)
    row = world.containers.get(_key(account, name))
    if row is None and ask.method == "POST":
        raise refuse(404)
    if row is None:
        project = account.removeprefix("AUTH_")
        row = world.row(Container, name, project, identifier=_key(account, name))
        row.headers = _headers({}, ask.headers)
        row.description = row.headers.get("x-container-meta-provision", "")
        world.containers.add(row)
        return Answer(201, b"", _HTML)
    headers = _headers(row.headers, ask.headers)
    described = headers.get("x-container-meta-provision", "")
    world.containers.change(row, {"headers": headers, "description": described, "written": time.time()})
    return Answer(204 if ask.method == "POST" else 202, b"", _HTML)


def _check(headers):
    for name, what in (("bytes", "bytes"), ("count", "count")):
        said = headers.get(f"X-Container-Meta-Quota-{name}", "")
        if said and not said.isdigit():
            raise refuse(400, f"Invalid {what} quota.")


def _headers(before, sent):
    """Return what a container says after a request: set, left, or removed."""
    said = dict(before)
    for name, value in sent.items():
        key = name.lower()
        if key.startswith("x-remove-"):
            said.pop(f"x-{key.removeprefix('x-remove-')}", None)
        elif key.startswith("x-container-meta-") or key in _SAID:
            said[key] = value
            if not value:
                del said[key]
        elif key == "x-versions-enabled":
            said[key] = "True" if value.lower() == "true" else "False"
    return said


@routes.on("GET HEAD", "/v1/{account}/{container}")
def show_container(world, ask, account, name):
    row = world.containers.get(_key(account, name), ask.horizon)
    acl = row.headers.get("x-container-read", "") if row else ""
    _may(world, ask, account, _READERS, acl if ask.method == "HEAD" or ".rlistings" in acl else "")
    if row is None:
        raise refuse(404)
    headers = {
        "X-Container-Object-Count": str(len(row.objects)),
        "X-Container-Bytes-Used": str(sum(len(body) for body, _ in row.objects.values())),
        "X-Timestamp": f"{row.born:.5f}",
        "X-Storage-Policy": "one-copy",
        "Content-Type": "application/json; charset=utf-8",
        **{name: value for name, value in row.headers.items() if ask.who or name not in _ACLS},
    }
    if ask.method == "HEAD":
        return Answer(204, None, headers)
    return Answer(200, [_object(name, *held) for name, held in sorted(row.objects.items())], headers)


def _object(name, body, kind):
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return {"name": name, "bytes": len(body), "hash": digest, "content_type": kind}


@routes.on("DELETE", "/v1/{account}/{container}")
def delete_container(world, ask, account, name):
    _may(world, ask, account, _WRITERS)
    row = _there(world, account, name)
    if row.objects:
        raise refuse(409)
    world.containers.remove(row)
    return Answer(204, b"", _HTML)


@routes.on("GET HEAD", "/v1/{account}/{container}/{object}")
def show_object(world, ask, account, name, thing):
    row = world.containers.get(_key(account, name), ask.horizon)
    _may(world, ask, account, _READERS, row.headers.get("x-container-read", "") if row else "")
    if row is None or thing not in row.objects:
        raise refuse(404)
    body, kind = row.objects[thing]
    headers = {"Content-Type": kind}
    origins = row.headers.get("x-container-meta-access-control-allow-origin", "").split()
    if ask.headers.get("Origin") and ("*" in origins or ask.headers["Origin"] in origins):
        headers["Access-Control-Allow-Origin"] = "*" if "*" in origins else ask.headers["Origin"]
    return Answer(200, body, headers)


@routes.on("PUT DELETE", "/v1/{account}/{container}/{object}")
def write_object(world, ask, account, name, thing):
    row = world.containers.get(_key(account, name))
    _may(world, ask, account, _WRITERS, row.headers.get("x-container-write", "") if row else "")
    if row is None or (ask.method == "DELETE" and thing not in row.objects):
        raise refuse(404)
    if ask.method == "DELETE":
        del row.objects[thing]
        return Answer(204, b"", _HTML)
    row.objects[thing] = (ask.raw, ask.headers.get("Content-Type", "application/octet-stream"))
    return Answer(201, b"", _HTML)
