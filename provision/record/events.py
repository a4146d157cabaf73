"""Entries as others' tools read them: CADF (DMTF DSP0262) and OCSF 1.8.0, API Activity (class 6003)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from provision import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.record.entry import Entry

OCSF_VERSION: Final = "1.8.0"
PRODUCT: Final = {"name": "provision", "vendor_name": "provision", "version": __version__}
_CADF: Final = "http://schemas.dmtf.org/cloud/audit/1.0/event"
_CLASS: Final = 6003
_CREATE, _READ, _UPDATE, _DELETE, _OTHER = 1, 2, 3, 4, 99
_ACTIVITY: Final = {
    "CREATE": _CREATE, "UPDATE": _UPDATE, "ADOPT": _UPDATE, "REPLACE": _UPDATE, "DELETE": _DELETE,
    "plan.made": _READ, "prove.made": _READ, "audit.made": _READ,
    "account.issued": _UPDATE,
}  # fmt: skip
_NAMES: Final = {_CREATE: "Create", _READ: "Read", _UPDATE: "Update", _DELETE: "Delete", _OTHER: "Other"}
_CADF_ACTION: Final = {_CREATE: "create", _READ: "read", _UPDATE: "update", _DELETE: "delete"}
_GOOD, _BAD = frozenset({"DONE", "UNCHANGED"}), frozenset({"FAILED"})


def _activity(entry: Entry) -> int:
    return _ACTIVITY.get(str(entry.about.get("action", entry.action)), _OTHER)


def _went(entry: Entry) -> bool | None:
    """Tell whether what an entry is about succeeded; None where that is not known, or nothing was tried."""
    status = entry.about.get("status")
    if status is None:
        return None if "status" in entry.about else not entry.about.get("error")
    return True if status in _GOOD else False if status in _BAD else None


def _uid(ledger: str, entry: Entry) -> str:
    """Return an id that is the same each time the entry is exported."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"provision:{ledger}:{entry.sequence}"))


def _person(actor: str) -> tuple[str, str]:
    user, _, host = actor.partition("@")
    return user, host


def cadf(ledger: str, entry: Entry) -> dict[str, Any]:
    """Return an entry as a CADF activity event."""
    user, host = _person(entry.actor)
    address = entry.about.get("address")
    went = _went(entry)
    return {
        "typeURI": _CADF,
        "id": _uid(ledger, entry),
        "eventType": "activity",
        "eventTime": f"{entry.time.removesuffix('Z')}+0000",
        "action": _CADF_ACTION.get(_activity(entry), f"unknown/{entry.action}"),
        "outcome": {True: "success", False: "failure", None: "unknown"}[went],
        "initiator": {
            "id": entry.actor,
            "typeURI": "service/security/account/user",
            "name": user,
            "host": {"address": host},
        },
        "target": {
            "id": address or str(entry.about.get("fingerprint") or entry.about.get("run") or ledger),
            "typeURI": f"provision/{str(address).split('/')[0]}" if address else "provision/estate",
            "name": address or str(entry.about.get("cloud") or ledger),
        },
        "observer": {"id": f"provision:{ledger}", "typeURI": "service/security/audit", "name": "provision"},
        "attachments": [
            {"name": entry.action, "contentType": "application/json", "content": dict(entry.about)}
        ],
    }


def ocsf(ledger: str, entry: Entry) -> dict[str, Any]:
    """Return an entry as an OCSF API Activity event; what has no place of its own there is `unmapped`."""
    activity, went = _activity(entry), _went(entry)
    user, host = _person(entry.actor)
    status = {True: (1, "Success"), False: (2, "Failure"), None: (0, "Unknown")}[went]
    address = entry.about.get("address")
    requests = list(entry.about.get("request_ids") or ())
    return {
        "category_uid": 6,
        "category_name": "Application Activity",
        "class_uid": _CLASS,
        "class_name": "API Activity",
        "activity_id": activity,
        "activity_name": _NAMES[activity],
        "type_uid": _CLASS * 100 + activity,
        "type_name": f"API Activity: {_NAMES[activity]}",
        "severity_id": 1 if went is not False else 3,
        "severity": "Informational" if went is not False else "Medium",
        "status_id": status[0],
        "status": status[1],
        "time": int(datetime.fromisoformat(entry.time).timestamp() * 1000),
        "metadata": {
            "version": OCSF_VERSION,
            "product": dict(PRODUCT),
            "profiles": ["cloud"],
            "uid": _uid(ledger, entry),
            "sequence": entry.sequence,
            "log_name": f"ledger {ledger}",
        },
        "cloud": {"provider": "OpenStack", **_if("account", _account(address))},
        "actor": {"user": {"name": user}, "app_name": "provision"},
        "src_endpoint": {"hostname": host or "unknown"},
        "api": {"operation": entry.action, **_if("request", requests and {"uid": requests[0]})},
        **_if("resources", address and [{"name": address, "type": str(address).split("/")[0]}]),
        "unmapped": dict(entry.about),
    }


def _account(address: object) -> Mapping[str, str] | None:
    return {"name": str(address).split("/")[1]} if address else None


def _if(name: str, value: object) -> dict[str, Any]:
    """Return a key only where there is a value."""
    return {name: value} if value else {}


FORMATS: Final = {"cadf": cadf, "ocsf": ocsf}
