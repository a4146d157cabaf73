"""The ten ways in which an audit must see a tenant broken, each typed with the plain `openstack` client, and how each is undone.

The client has no command for one of them, the default volume type of a project: that one is said to the API itself.
"""

from __future__ import annotations

import json
import os
import secrets
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from plain_client import Client, Refused
from ruamel.yaml import YAML

OPERATOR, CLINIC, DATA = "operator", "clinic", "data"
FOUND = {  # the break: the control that sees it, whose it is, what the finding's address ends with
    "SSH open to the world in IPv6": ("TEN-NET-01", CLINIC, "internal"),
    "a network shared with everybody": ("TEN-NET-06", CLINIC, ""),
    "no default volume type": ("TEN-CRY-03", CLINIC, "*"),
    "admin given": ("TEN-IAM-04", CLINIC, "operators:admin"),
    "a credential without end": ("TEN-IAM-11", CLINIC, "forever"),
    "a public container without licence": ("TEN-DAT-04", DATA, "loose"),
    "a volume in clear": ("TEN-CRY-01", CLINIC, "clear"),
    "MFA and lockout evaded": ("TEN-IAM-09", CLINIC, "somebody"),
    "shares allowed by quota": ("TEN-HA-07", CLINIC, "network"),
    "no end of cores": ("TEN-HA-07", DATA, "compute"),
}
OURS = {  # what the documents declare, so that an apply puts it right
    "SSH open to the world in IPv6",
    "a network shared with everybody",
    "no default volume type",
    "shares allowed by quota",
    "no end of cores",
}


@contextmanager
def somebody(folder, projects, domains):
    """Yield the client: as the operator, and as somebody of each tenant, by its name; `projects` and `domains` are ids."""
    clouds = YAML(typ="safe").load(Path(os.environ["OS_CLIENT_CONFIG_FILE"]))["clouds"]
    operator = clouds[os.environ["OS_CLOUD"]]
    words = {who: secrets.token_hex(16) for who in projects}  # never one that begins like an option
    asking = {
        who: {**operator, "auth": {
            "auth_url": operator["auth"]["auth_url"], "project_id": projects[who],
            "user_domain_id": domains[who], "username": "somebody", "password": words[who],
        }}
        for who in projects
    }  # fmt: skip
    file = folder / "clouds.yaml"
    YAML().dump({"clouds": {OPERATOR: operator, **asking}}, file)
    client = Client({**os.environ, "OS_CLIENT_CONFIG_FILE": str(file)})
    people = {}
    try:
        for who, word in words.items():
            made = client.table(
                OPERATOR, "user create", "--domain", domains[who], "--password", word, "somebody"
            )
            people[who] = made["id"]
            client(OPERATOR, "role add", "--project", projects[who], "--user", made["id"], "member")
        yield client, people
    finally:
        for person in people.values():
            client(OPERATOR, "user delete", person)
        client.close()


class Breaks:
    """The ten, done by hand, and undone by hand where nobody else does."""

    def __init__(self, client, people, projects, group):
        self.ask, self.people, self.projects, self.group = client, people, projects, group

    def make(self):
        """Do all of them."""
        ask, clinic = self.ask, self.projects[CLINIC]
        ssh = ("--ethertype", "IPv6", "--protocol", "tcp", "--dst-port", "22", "--remote-ip", "::/0")
        ask.table(CLINIC, "security group rule create", *ssh, "internal")
        backend = ask.table(CLINIC, "network show", "backend")["id"]
        everybody = ("--type", "network", "--action", "access_as_shared", "--target-all-projects")
        ask.table(OPERATOR, "network rbac create", *everybody, backend)
        self.forget_the_default_type()
        ask(OPERATOR, "role add", "--project", clinic, "--group", self.group, "admin")
        ask.table(CLINIC, "application credential create", "--unrestricted", "forever")
        ask.table(DATA, "container create", "--public", "loose")
        ask(OPERATOR, "volume type set", "--project", clinic, "standard")
        ask(OPERATOR, "quota set", "--volume-type", "standard", "--volumes", "5", "--gigabytes", "5", clinic)
        ask.table(CLINIC, "volume create", "--size", "1", "--type", "standard", "clear")
        evading = ("--enable-multi-factor-auth", "--multi-factor-auth-rule", "password", "--ignore-lockout-failure-attempts")  # fmt: skip
        ask(OPERATOR, "user set", *evading, self.people[CLINIC])
        ask(OPERATOR, "quota set", "--rbac-policies", "10", clinic)
        ask(OPERATOR, "quota set", "--cores", "-1", self.projects[DATA])

    def forget_the_default_type(self):
        """Say it to the API itself: the client lists default types, and has no command that unsets one."""
        token = self.ask.table(OPERATOR, "token issue")["id"]
        endpoints = self.ask.table(OPERATOR, "catalog show", "block-storage")["endpoints"]
        url = next(each["url"] for each in endpoints if each["interface"] == "public")
        headers = {"X-Auth-Token": token, "OpenStack-API-Version": "volume 3.62"}
        asked = urllib.request.Request(f"{url}/default-types/{self.projects[CLINIC]}", headers=headers, method="DELETE")  # fmt: skip
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert answer.status == 204

    def undo(self):
        """Undo what documents do not speak of, so that no apply touches it."""
        self.ask(OPERATOR, "role remove", "--project", self.projects[CLINIC], "--group", self.group, "admin")
        self.ask(CLINIC, "application credential delete", "forever")
        self.ask(DATA, "container delete", "loose")

    def gone(self, volume):
        """Delete a volume, and wait until it is gone."""
        self.ask(CLINIC, "volume delete", volume)
        for _ in range(50):
            try:
                self.ask.table(CLINIC, "volume show", volume)
            except Refused:
                return
            time.sleep(0.2)
        raise AssertionError(json.dumps(self.ask.table(CLINIC, "volume show", volume)))
