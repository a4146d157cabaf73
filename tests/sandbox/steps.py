"""Small steps the tests of the cloud share."""

from __future__ import annotations

import time
import uuid

from provision.sandbox.rest import Admin


def wait_for(who, service, path, kind, states, seconds=60):
    until = time.monotonic() + seconds
    while True:
        found = who.send(service, "GET", path).body[kind]
        if found["status"] in states or time.monotonic() > until:
            return found
        time.sleep(0.1)


def default_pool(who, version):
    pools = who.send("neutron", "GET", f"/v2.0/subnetpools?is_default=true&ip_version={version}").body
    return pools["subnetpools"][0]["id"]


def domain_manager(admin):
    name, password = uuid.uuid4().hex, uuid.uuid4().hex
    domain = admin.send("keystone", "POST", "/v3/domains", {"domain": {"name": name}}).body["domain"]["id"]
    body = {"user": {"name": name, "password": password, "domain_id": domain}}
    user = admin.send("keystone", "POST", "/v3/users", body).body["user"]["id"]
    role = admin.send("keystone", "GET", "/v3/roles?name=manager").body["roles"][0]["id"]
    admin.send("keystone", "PUT", f"/v3/domains/{domain}/users/{user}/roles/{role}")
    identity = {"methods": ["password"], "password": {"user": {"id": user, "password": password}}}
    auth = {"auth": {"identity": identity, "scope": {"domain": {"id": domain}}}}
    token = admin.send("keystone", "POST", "/v3/auth/tokens", auth).headers["x-subject-token"]
    return Admin(admin.site, token), domain
