"""What each tenant has, in words that fit every tenant of its profile: the judge holds one against another."""

from __future__ import annotations

import re
from collections import defaultdict

from simulator.ledger import marker
from simulator.services import barbican, cinder, designate, neutron, nova, octavia

_ID = re.compile(r"\b(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")
_WORDS = (
    "description", "enabled", "tags", "network_id", "dns", "ra_mode", "dhcp", "gateway_id", "device_owner", "device_id",
    "members",
)  # fmt: skip
_QUOTAS = {
    "balancer_quota": octavia.DEFAULTS, "compute_quota": nova.DEFAULTS, "dns_quota": designate.DEFAULTS, "key_quota": barbican.DEFAULTS,
    "network_quota": neutron.DEFAULTS, "volume_quota": cinder.DEFAULTS,
}  # fmt: skip


def holdings(world):
    """Return what each tenant has, one line a thing: rows by name, rules, grants, settings and accesses.

    Ids become names, addresses that the cloud chose are left out, and a quota is what counts, said or not.
    """
    rows = [(kind, row) for kind, found in world.live() for row in found]
    names = {row.id: row.name or kind for kind, row in rows}
    tenants = {
        row.id: mark[1] for row in world.projects if (mark := marker(row.description)) and mark[0] != "lease"
    }
    found = defaultdict(list)
    for kind, row in rows:
        tenant = tenants.get(row.id) or tenants.get(row.project_id) or _of_marker(kind, row)
        if tenant:
            found[tenant].extend(_told(kind, row))
    for project, line in _said(world, tenants):
        found[tenants[project]].append(line)
    return {
        tenant: sorted(_ID.sub(lambda each: names.get(each[0], each[0]), line) for line in lines)
        for tenant, lines in found.items()
    }


def _of_marker(kind, row):
    """Return whose a row is that no project holds (a group), even when its project is gone."""
    mark = marker(row.description)
    return mark[1] if mark and mark[0] == kind else None


def _told(kind, row):
    said = " ".join(f"{word}={getattr(row, word)}" for word in _WORDS if hasattr(row, word))
    yield f"{kind} {row.name} {said}"
    for rule in getattr(row, "rules", {}).values():
        yield f"rule of {row.name} {rule.same()} {rule.description}"


def _said(world, tenants):
    """Yield (project, line) of what is said of tenants' projects."""
    for settings in world.settings():
        if defaults := _QUOTAS.get(settings.kind):
            for project in tenants:
                said = {**defaults, **(settings.get(project) or {})}
                yield project, f"{settings.kind} {sorted(said.items())}"
            continue
        for key, value in settings.state().items():
            for project in {each for each in _ID.findall(str(key)) if each in tenants}:
                yield project, f"{settings.kind} {key} {value}"
