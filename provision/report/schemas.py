"""JSON Schemas (2020-12) of what `--format json` prints: the stable part of the command line."""

from __future__ import annotations

from typing import Any, Final

from provision.model import finding
from provision.model.key import Fault
from provision.model.outcome import Status
from provision.model.plan import Action
from provision.model.proof import Verdict
from provision.record.examine import Side, Trust
from provision.report.keys import Act
from provision.report.questions import QUESTIONS, Today
from provision.text import LANGUAGES

Schema = dict[str, Any]
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_TEXT: Final[Schema] = {"type": "string"}
_MAYBE: Final[Schema] = {"type": ["string", "null"]}
_FLAG: Final[Schema] = {"type": "boolean"}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_SECONDS: Final[Schema] = {"type": "number", "minimum": 0}
_ANY: Final[Schema] = {}
_ADDRESS: Final[Schema] = {"type": "string", "pattern": "^[^/]+/[^/]+/.+$"}
_ORIGIN: Final[Schema] = {"type": ["string", "null"], "pattern": ":[0-9]+$"}
_ACTION: Final[Schema] = {"enum": [each.value for each in Action]}


def _object(**properties: Schema) -> Schema:
    """Return the schema of an object that has exactly these keys."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_CATALOGUE: Final[dict[str, Schema]] = {
    "address": _TEXT,
    "written": {"type": ["boolean", "null"]},
    "files": _list(
        _object(
            address=_TEXT,
            bytes=_COUNT,
            media_type=_TEXT,
            sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        )
    ),
    "left_out": _list(_TEXT),
    "catalogue": {"type": "object"},
}


_FIELD: Final = _object(field=_TEXT, before=_ANY, after=_ANY, origin=_ORIGIN)
_CHANGE: Final = _object(
    action=_ACTION, address=_ADDRESS, fields=_list(_FIELD), reason=_MAYBE, blocked=_MAYBE
)
_PROBLEM: Final = _object(tenant=_TEXT, where=_TEXT, what=_TEXT, do=_TEXT)
_REQUESTS: Final[Schema] = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": _COUNT},
}
_PLAN: Final[dict[str, Schema]] = {
    "cloud": _TEXT,
    "fingerprint": {"type": "string", "pattern": "^[0-9a-f]*$"},
    "tenants": _list(_TEXT),
    "changes": _list(_CHANGE),
    "problems": _list(_PROBLEM),
    "requests": _REQUESTS,
    "seconds": _SECONDS,
}
_ERROR: Final[Schema] = {"anyOf": [{"type": "null"}, _object(where=_TEXT, what=_TEXT, do=_TEXT)]}
_OUTCOME: Final = _object(
    address=_ADDRESS,
    action=_ACTION,
    status={"enum": [each.value for each in Status]},
    error=_ERROR,
    because={"anyOf": [{"type": "null"}, _ADDRESS]},
    request_ids=_list(_TEXT),
    seconds=_SECONDS,
)
_PROOF: Final = _object(
    tenant=_TEXT,
    name={"type": "string", "pattern": "^[a-z0-9-]+$"},
    promise=_TEXT,
    key=_TEXT,
    origin={"type": "string", "pattern": ":[0-9]+$"},
    tried=_TEXT,
    seen=_TEXT,
    status={"enum": [each.value for each in Verdict]},
    error=_ERROR,
    seconds=_SECONDS,
)
_SERVICE: Final = _object(
    service=_TEXT,
    url=_TEXT,
    pid={"type": ["integer", "null"]},
    rss_mib=_SECONDS,
    state={"enum": ["up", "down", "dead", "starting"]},
)
_HEAD: Final[dict[str, Schema]] = {
    "name": _TEXT,
    "title": _TEXT,
    "version": _TEXT,
    "extends": _MAYBE,
    "assignable": _FLAG,
}
_FLOOR: Final = _object(path=_TEXT, direction=_TEXT, bound=_ANY, profile=_TEXT, origin=_ORIGIN)
_VALUE: Final = _object(path=_TEXT, value=_ANY, origin=_ORIGIN, enforced_by=_list(_TEXT), why=_MAYBE)
_LAYER: Final = _object(layer=_TEXT, name=_TEXT, value=_ANY, origin=_ORIGIN)
_STATEMENT: Final = _object(
    title=_TEXT,
    says=_TEXT,
    hold={"enum": ["floor", "bounded", "default"]},
    held=_TEXT,
    today={"enum": [each.value for each in Today]},
    enforced_by=_list(_TEXT),
    values={"type": "object"},
    origins=_list(_ORIGIN),
)
_CHOICE: Final = _object(
    choice=_TEXT,
    title=_TEXT,
    stricter={"enum": ["a", "b", "opposed", None]},
    verdict=_TEXT,
    a=_list(_STATEMENT),
    b=_list(_STATEMENT),
)
_PAGE: Final = _object(
    profile=_TEXT, language={"enum": list(LANGUAGES)}, path=_TEXT, state=_TEXT, page=_MAYBE
)
_WAIVER: Final[Schema] = {
    "anyOf": [
        {"type": "null"},
        _object(reason=_TEXT, owner=_TEXT, approver=_TEXT, measure=_TEXT, expires=_TEXT, origin=_ORIGIN),
    ]
}
_FINDING: Final = _object(
    control={"type": "string", "pattern": "^TEN-[A-Z]+-[0-9]{2}$"},
    status={"enum": [each.value for each in finding.Status]},
    severity={"enum": [each.value for each in finding.Severity]},
    subject=_TEXT,
    address=_TEXT,
    observed=_TEXT,
    expected=_TEXT,
    origin=_ORIGIN,
    what=_TEXT,
    do=_TEXT,
    key=_TEXT,
    reads=_list(_TEXT),
    mappings=_list(_object(framework=_TEXT, clause=_TEXT, reason=_TEXT)),
    waiver=_WAIVER,
)

_KEY: Final[dict[str, Schema]] = {
    "name": _TEXT,
    "generation": {"type": "integer", "minimum": 1},
    "state": {"enum": ["current", "former"]},
    "origin": {"enum": ["made", "imported"]},
    "id": _TEXT,
    "algorithm": _TEXT,
    "bit_length": _COUNT,
    "created": {"type": "string", "format": "date-time"},
    "project_access": _FLAG,
    "readers": _list(_TEXT),
}
_JUDGED: Final[dict[str, Schema]] = {
    "age_days": _COUNT,
    "due": {"type": ["string", "null"], "format": "date-time"},
    "faults": _list({"enum": [each.value for each in Fault]}),
}
_KEY_POLICY: Final = _object(
    acl={"enum": ["private", "project"]},
    rotation_days={"type": ["integer", "null"]},
    algorithm=_MAYBE,
    bit_length={"type": ["integer", "null"]},
)
_CREDENTIAL: Final = {
    "name": _TEXT,
    "id": _TEXT,
    "project": _TEXT,
    "roles": _list(_TEXT),
    "expires": _MAYBE,
    "unrestricted": _FLAG,
    "rules": {"anyOf": [{"type": "null"}, _list(_object(service=_TEXT, method=_TEXT, path=_TEXT))]},
}

RESULTS: Final[dict[str, Schema]] = {
    "plan": _object(**_PLAN),
    "apply": _object(
        **_PLAN, outcomes=_list(_OUTCOME), undone=_list(_OUTCOME), halted=_MAYBE, unbegun=_list(_TEXT)
    ),
    "prove": _object(
        format={"const": 1},
        estate=_TEXT,
        cloud=_TEXT,
        made_at={"type": "string", "format": "date-time"},
        made_by=_TEXT,
        tenants=_list(_object(tenant=_TEXT, profile=_TEXT, version=_TEXT, project=_TEXT)),
        proofs=_list(_PROOF),
        seconds=_SECONDS,
        sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"},
    ),
    "audit": _object(
        format={"const": 1},
        cloud=_MAYBE,
        made_at={"type": "string", "format": "date-time"},
        made_by=_TEXT,
        notice=_TEXT,
        subjects=_list(_object(subject=_TEXT, profile=_TEXT, version=_TEXT)),
        findings=_list(_FINDING),
        coverage=_object(
            **{each.value.lower(): _COUNT for each in finding.Status},
            unreadable=_list(_object(what=_TEXT, why=_TEXT)),
            resources=_COUNT,
            unassessed=_list(_TEXT),
        ),
        requests=_REQUESTS,
        seconds=_SECONDS,
    ),
    "keys-list": _object(tenant=_TEXT, policy=_KEY_POLICY, keys=_list(_object(**_KEY, **_JUDGED))),
    "keys-change": _object(
        tenant=_TEXT,
        done=_list(
            _object(act={"enum": [each.value for each in Act]}, status={"type": ["integer", "null"]}, **_KEY)
        ),
    ),
    "catalogue": _object(**_CATALOGUE),
    "publish": _object(**_CATALOGUE),
    "credential-create": _object(**_CREDENTIAL, file=_TEXT),
    "credential-list": _list(_object(**_CREDENTIAL, faults=_list(_TEXT))),
    "credential-revoke": _object(**_CREDENTIAL),
    "account-issue": _object(
        tenant=_TEXT, account=_TEXT, file=_TEXT, several_methods=_FLAG, must_change=_FLAG, again=_MAYBE
    ),
    "whois": _list(
        _object(name=_TEXT, what={"enum": ["domain", "project", "group"]}, tenant=_TEXT, profile=_TEXT)
    ),
    "check": _list(_object(file=_TEXT, line=_COUNT, what=_TEXT, do=_TEXT)),
    "init": _object(
        estate=_TEXT,
        directory=_TEXT,
        written=_list(_TEXT),
        kept=_list(_TEXT),
        cloud=_MAYBE,
        silence=_MAYBE,
    ),
    "ledger-show": _object(
        ledger=_MAYBE,
        entries=_list(
            _object(
                line=_COUNT,
                sequence=_COUNT,
                time=_TEXT,
                actor=_TEXT,
                action=_TEXT,
                about={"type": "object"},
                hash=_TEXT,
                proof={"anyOf": [{"type": "null"}, _object(size=_COUNT, root=_TEXT, path=_list(_TEXT))]},
            )
        ),
    ),
    "ledger-anchor": _object(entries=_COUNT, time=_TEXT, authority=_TEXT),
    "ledger-verify": _object(
        integrity=_FLAG,
        completeness=_FLAG,
        entries=_COUNT,
        checkpoints=_COUNT,
        size=_COUNT,
        root=_TEXT,
        keys=_list(_TEXT),
        trust={"enum": [each.value for each in Trust]},
        dated=_COUNT,
        anchors=_list(_object(entries=_COUNT, time=_TEXT, authority=_TEXT)),
        problems=_list(
            _object(
                verdict={"enum": [each.value for each in Side]},
                what=_TEXT,
                where=_TEXT,
                entry={"type": ["integer", "null"]},
            )
        ),
        notes=_list(_TEXT),
    ),
    "sandbox-status": _list(_SERVICE),
    "profile-list": _list(_object(**_HEAD)),
    "profile-show": _object(**_HEAD, summary=_TEXT, floors=_list(_FLOOR), values=_list(_VALUE)),
    "profile-diff": _object(
        a=_object(**_HEAD),
        b=_object(**_HEAD),
        same=_FLAG,
        questions=_list(_object(question={"enum": list(QUESTIONS)}, title=_TEXT, choices=_list(_CHOICE))),
    ),
    "profile-doc": _list(_PAGE),
    "profile-explain": _object(subject=_TEXT, key=_TEXT, value=_ANY, layers=_list(_LAYER)),
}


def result(name: str) -> Schema:
    """Return the schema of one result. Raises `KeyError`."""
    return {"$schema": DIALECT, "title": name, **RESULTS[name]}
