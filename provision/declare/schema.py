"""JSON Schemas (2020-12) of the five documents; what a tenant may ask for comes from the kinds.

Five keywords are ours, and any other tool may ignore them: ``quota: <unit>`` (the four words or a number of that
unit), ``sized: true`` (a quota that a tenant's size multiplies), ``quantity: <unit>``, ``cidr: 4|6`` (0 for either) and
``template: false`` (no Jinja here). ``says: {en, fr}`` is what a pattern means to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import provision.resources  # noqa: F401 (importing it registers every kind)
from provision.declare.layers import LIST_WORDS
from provision.declare.policy import (
    BOTH,
    DATE,
    EMAIL,
    KEY,
    PERSON,
    POLICY,
    TEXT,
    TITLE,
    Schema,
    closed,
    listed,
    number,
    open_table,
    word,
)
from provision.kind import kinds
from provision.model.evidence import ATTESTABLE, CONFIDENCES, EVERYBODY, FAILS, HOLDS

SALT: Final[Schema] = {
    "type": "string",
    "pattern": "^[^{}]{16,200}$",
    "says": {
        "en": "16 characters or more that nobody can guess",
        "fr": "16 caractères ou plus que nul ne devine",
    },
}
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
PROFILE_ONLY: Final = ("version", "title", "summary", "extends", "assignable", "floor", "why")
PROFILES_ONLY: Final = ("sizes",)  # what no tenant says of itself
TENANT_ONLY: Final = ("tenant", "profile", "title", "state", "retirement", "waivers")


def merged(left: Schema, right: Schema, where: str = "") -> Schema:
    """Return two fragments as one: sections and tables are joined. Raises `ValueError` where they disagree on a value."""
    if not (_is_section(left) and _is_section(right)):
        if _bare(left) != _bare(right):
            raise ValueError(f"two fragments disagree about {where}: {left!r}, {right!r}")
        return left
    result: dict[str, Any] = {**left, **right}
    ours, theirs = left.get("properties", {}), right.get("properties", {})
    result["properties"] = {**ours, **theirs} | {
        key: merged(ours[key], theirs[key], f"{where}.{key}") for key in ours.keys() & theirs.keys()
    }
    tables = left.get("additionalProperties"), right.get("additionalProperties")
    if isinstance(tables[0], Mapping) and isinstance(tables[1], Mapping):
        result["additionalProperties"] = merged(tables[0], tables[1], f"{where}.*")
    return result


def _is_section(schema: Schema) -> bool:
    return "properties" in schema or isinstance(schema.get("additionalProperties"), Mapping)


def _bare(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if not key.startswith("description")}


def shut(schema: Any) -> Any:  # noqa: ANN401 (a schema, or a part of one)
    """Return a schema whose objects refuse the keys they do not name."""
    if isinstance(schema, Mapping):
        result = {key: shut(value) for key, value in schema.items()}
        if isinstance(schema.get("properties"), Mapping):
            result.setdefault("type", "object")
            result.setdefault("additionalProperties", False)
        return result
    return [shut(item) for item in schema] if isinstance(schema, list | tuple) else schema


@cache
def tree_schema() -> Schema:
    """Return the schema of a tenant's effective tree: policy keys and what every kind asks for."""
    return _with_kinds(POLICY, of_estate=False)


def _with_kinds(schema: Schema, *, of_estate: bool) -> Schema:
    for kind in kinds().values():
        if kind.of_estate is of_estate:
            schema = merged(schema, {"properties": {}, **shut(kind.document)})
    return schema


@cache
def tenant_schema() -> Schema:
    """Return the schema of ``tenants/<key>.yaml``."""
    tree = _without(tree_schema(), *PROFILES_ONLY)
    filled = tuple(key for key in tree["properties"] if key not in ("tenant", "profile"))
    whole = {**_literal(tree, but=filled), "required": ["tenant", "profile"]}
    return {"$schema": DIALECT, "title": "tenant", **whole}


def _without(schema: Schema, *keys: str) -> Schema:
    kept = {key: value for key, value in schema["properties"].items() if key not in keys}
    return {**schema, "properties": kept}


def _literal(schema: Schema, *, but: tuple[str, ...] = ()) -> Schema:
    """Return the schema of a section whose keys take no template, except a few."""
    kept = {
        key: value if key in but else {**value, "template": False}
        for key, value in schema["properties"].items()
    }
    return {**schema, "properties": kept}


def _layer(*left_out: str, **more: Schema) -> Schema:
    kept = {key: value for key, value in tree_schema()["properties"].items() if key not in left_out}
    return closed(**{**kept, **more})


@cache
def profile_schema() -> Schema:
    """Return the schema of ``profiles/<name>/profile.yaml``."""
    size: Schema = {"type": ["integer", "number", "string"]}
    bound: Schema = {
        **closed(at_least=size, at_most=size, exactly={}, contains={}, one_of=listed({})),
        "minProperties": 1,
    }
    head = {
        "profile": {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,40}$", "says": _NAME},
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$", "says": _VERSION},
        "title": TITLE,
        "summary": TITLE,
        "extends": TEXT,
        "assignable": {"type": "boolean"},
        "floor": {"type": "object", "additionalProperties": bound},
        "why": {"type": "object", "additionalProperties": BOTH},
    }
    schema = _layer(*TENANT_ONLY, **_literal({"properties": head})["properties"])
    return {"$schema": DIALECT, **schema, "title": "profile", "required": ["profile", "version", "title"]}


_NAME: Final = {"en": "a name ([a-z][a-z0-9-]*)", "fr": "un nom ([a-z][a-z0-9-]*)"}
_VERSION: Final = {"en": "a version (1.0.0)", "fr": "une version (1.0.0)"}
_PORT: Final[tuple[Schema, ...]] = (
    {"type": "integer", "minimum": 1, "maximum": 65535},
    {
        "type": "string",
        "pattern": r"^\d{1,5}-\d{1,5}$",
        "says": {"en": "a range (8000-8080)", "fr": "une plage (8000-8080)"},
    },
)
_PREFIX: Final[Schema] = {"type": "string", "cidr": 0}
_DESTINATION: Final = closed(
    ("protocol", "to"),
    protocol={
        "anyOf": [word("tcp", "udp", "icmp", "any"), {"type": "integer", "minimum": 1, "maximum": 255}]
    },
    ports={"anyOf": [word("none"), *_PORT, listed({"anyOf": list(_PORT)})]},
    to={"anyOf": [word("any"), _PREFIX, listed(_PREFIX)]},
    only=word("ipv4", "ipv6"),
    reason=TEXT,
)
_HOSTS: Final[Schema] = {**listed(TEXT), "uniqueItems": True}
_BOUNDS: Final[Schema] = {
    "type": "object",
    "additionalProperties": {"type": ["integer", "string"]},
    "minProperties": 1,
}
_ENVELOPE: Final = closed(
    yearly_eur={"type": "number", "minimum": 0},
    owner=TEXT,
    tenants=listed(TEXT),
    profiles=listed(TEXT),
    kinds=listed(TEXT),
    each=_BOUNDS,
    together=_BOUNDS,
)
_SUPPLIER: Final = closed(
    ("id", "supplier"),
    id=TEXT,
    layer=TEXT,
    stratum=TEXT,
    criticality={"enum": [1, 2, 3]},
    supplier=TEXT,
    country_hq=TEXT,
    country_control=TEXT,
    capital_extra_eu_pct={"type": "number", "minimum": 0, "maximum": 100},
    capital_extra_eu_max_holder_pct={"type": "number", "minimum": 0, "maximum": 100},
    veto_or_majority={"type": "boolean"},
    laws_exposed=listed(TEXT),
    data_access=word("none", "metadata", "content"),
    update_path=word("own", "EU", "extra-EU"),
    licence_spdx=TEXT,
    governance=word("independent", "EU", "single-vendor"),
    alternatives=number(),
    internal_competence={"type": "boolean"},
    exit_days=number(),
    annual_spend_eur={"type": "number", "minimum": 0},
    evidence=listed(
        closed(("ref",), ref=TEXT, sha256=TEXT, date=DATE, confidence=word("low", "medium", "high"))
    ),
    reviewed_at=DATE,
)


@cache
def estate_schema() -> Schema:
    """Return the schema of ``estate.yaml``."""
    families = {"ipv4": {"type": "integer", "minimum": 8, "maximum": 30}, "ipv6": number(48)}
    names = open_table(TEXT, names="[a-z][a-z0-9_-]{0,62}")
    schema = closed(
        ("estate",),
        estate={"type": "string", "pattern": "^[a-z][a-z0-9-]{1,30}$", "says": _NAME},
        cloud=TEXT,
        region=TEXT,
        regions=open_table(closed(jurisdiction=TEXT)),
        jurisdiction={"type": "string", "pattern": "^[A-Z]{2}$", "says": {"en": "a country code (FR)", "fr": "un code de pays (FR)"}},
        domain=TEXT,
        external_network=TEXT,
        pools=closed(ipv4=TEXT, ipv6=TEXT),
        prefix_lengths=closed(**families),
        cidrs=word("unique", "free"),
        flavors=open_table(listed(TEXT)),
        hosts=closed(reserved=_HOSTS),
        images=open_table(listed(TEXT)),
        volume_types=names,
        secret_stores=closed(hardware=listed(TEXT)),
        destinations=open_table(_DESTINATION),
        naming=closed(domain=TEXT, project=TEXT, group=TEXT, pseudonyms=SALT),
        defaults=_layer("tenant", "profile"),
        approvers=listed(PERSON),
        envelopes=open_table(_ENVELOPE),
        rate_card=open_table({"type": "number", "minimum": 0}, names="[a-z][a-z0-9_.-]{0,62}"),
        suppliers=listed(_SUPPLIER),
        soc=closed(sink=TEXT, jurisdiction=TEXT),
        ledger=closed(key=TEXT, public_key=TEXT, tsa_certificate=TEXT),
    )  # fmt: skip
    whole = _with_kinds(schema, of_estate=True)
    return {"$schema": DIALECT, "title": "estate", **_literal(whole, but=("naming", "defaults"))}


@cache
def request_schema() -> Schema:
    """Return the schema of ``requests/<id>.yaml``."""
    schema = closed(
        ("request", "action", "tenant", "reason", "requester"),
        request={"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,60}$", "says": _NAME},
        action=word("onboard", "change", "move", "offboard"),
        tenant={"type": "string", "pattern": f"^{KEY}$", "says": _NAME},
        profile=TEXT,
        reason=TEXT,
        requester=closed(("name", "email"), name=TEXT, email=EMAIL),
        date=DATE,
        changes=_layer("tenant", "profile", *PROFILES_ONLY),
    )
    return {"$schema": DIALECT, "title": "request", **_literal(schema, but=("changes",))}


_FEW: Final = {"minItems": 1, "uniqueItems": True}
_FILE: Final[Schema] = {
    "type": "string",
    "pattern": r"^(?![/~])(?!(.*/)?\.\.(/|$)).+$",
    "says": {"en": "a file below evidence/ (files/review.pdf)", "fr": "un fichier sous evidence/ (files/revue.pdf)"},
}  # fmt: skip
_SHA256: Final[Schema] = {
    "type": "string",
    "pattern": "^[0-9a-f]{64}$",
    "says": {"en": "a SHA-256 (64 hexadecimal digits: sha256sum FILE)", "fr": "un SHA-256 (64 chiffres hexadécimaux : sha256sum FICHIER)"},
}  # fmt: skip


@cache
def evidence_schema() -> Schema:
    """Return the schema of ``evidence/<id>.yaml``."""
    schema = closed(
        ("evidence", "controls", "tenants", "what", "date", "file", "sha256", "confidence", "owner"),
        evidence={"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,60}$", "says": _NAME},
        controls={**listed(word(*ATTESTABLE)), **_FEW},
        tenants={"anyOf": [word(EVERYBODY), {**listed(TEXT), **_FEW}]},
        what=TITLE,
        outcome=word(HOLDS, FAILS),
        date=DATE,
        valid_until=DATE,
        file=_FILE,
        sha256=_SHA256,
        confidence=word(*CONFIDENCES),
        owner=TEXT,
    )
    return {"$schema": DIALECT, "title": "evidence", **_literal(schema)}


def published(schema: Schema) -> dict[str, Any]:
    """Return a document's schema as other tools should read it: lists may also be written as changes to a list."""
    result: dict[str, Any] = _with_list_changes(schema)
    return result


def _with_list_changes(schema: Any) -> Any:  # noqa: ANN401 (a schema, or a part of one)
    if isinstance(schema, list):
        return [_with_list_changes(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    result = {key: _with_list_changes(value) for key, value in schema.items()}
    if result.get("type") != "array":
        return result
    changes = {**closed(**dict.fromkeys(LIST_WORDS, result)), "minProperties": 1}
    return {"anyOf": [result, changes]}


def at(schema: Schema, path: tuple[str, ...]) -> Schema | None:
    """Return the schema of a dotted path of the tree, or None for one that nobody knows."""
    found: Any = schema
    for part in path:
        entry = found.get("additionalProperties")
        table = entry if isinstance(entry, Mapping) else None
        found = found.get("properties", {}).get(part, table)
        if found is None:
            return None
    result: Schema = found
    return result
