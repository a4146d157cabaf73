"""What a plan wants, as plain names and values, for the contestants that cannot read one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

Wanted = Mapping[str, Mapping[str, dict[str, Any]]]


def read(plan: str) -> Wanted:
    """Return the fields of everything that a plan (`plan --format json`) creates, by kind and name.

    Raises `ValueError` for a plan that does something else.
    """
    wanted: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for change in json.loads(plan)["changes"]:
        if change["action"] == "LEAVE":
            continue
        if change["action"] != "CREATE":
            raise ValueError(f"{change['address']}: {change['action']}, on a fresh tenant")
        kind, _, name = change["address"].split("/", 2)
        wanted[kind][name] = {
            each["field"]: each["after"] for each in change["fields"] if each["after"] is not None
        }
    return wanted


def quotas(wanted: Wanted) -> dict[str, int]:
    """Return every quota of the three services, by the plan's own words."""
    kinds = ("compute_quota", "volume_quota", "network_quota")
    return {
        name: value
        for kind in kinds
        for fields in wanted.get(kind, {}).values()
        for name, value in fields.items()
    }
