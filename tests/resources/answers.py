"""A cloud that answers from tables, for what the real services of the sandbox would only show with much ado."""

from __future__ import annotations

from types import SimpleNamespace

from provision.cloud.ids import Ids
from provision.errors import NotFound
from provision.model.address import Address
from provision.model.marker import Owner


class Answers:
    """An API: GET and HEAD answer what stands under their path; every request is kept."""

    def __init__(self, **tables):
        self.tables = tables
        self.sent = []

    def get(self, path, **params):
        self.sent.append((path, params))
        if path not in self.tables:
            raise NotFound("not there", where=path, status=404)
        answer = self.tables[path]
        return answer(**params) if callable(answer) else answer

    def head(self, path):
        return self.get(path)

    def list(self, path, key, **params):
        return iter(self.get(path, **params)[key])


def cloud(*, services=(), shared=None, encryption=None, **apis):
    offered = {"domains": {"Default": "default"}, "roles": {"member": "r1", "manager": "r2", "reader": "r3"}}
    offered |= {"flavors": (), "volume_types": (), **(shared or {})}
    made = SimpleNamespace(
        ids=Ids(),
        project="operators-project",
        owner=Owner("contract"),
        services=frozenset(services),
        shared=SimpleNamespace(**{name: lambda table=table: table for name, table in offered.items()}),
        each=lambda ask, items: [ask(item) for item in items],
        **apis,
    )
    made.shared.volume_encryption = lambda identifier: (encryption or {}).get(identifier, {})
    bodies = {"default": {"id": "default", "name": "Default"}}
    made.shared.domain = lambda identifier: bodies.get(identifier, {})
    made.domain_bodies = bodies
    made.api = apis.get
    return made


def with_tenant(made, key="acme", *, domain=None):
    made.ids.record(Address("project", key, key), f"{key}-project")
    if domain:
        made.ids.record(Address("domain", key, key), domain)
    return made
