"""The keys of a tenant's document that no kind of resource owns, as a JSON Schema.

They are policy: validated, inherited, protected by floors, shown and audited. Names follow the control catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from provision.model.dataset import LICENCES

Schema = Mapping[str, Any]

KEY: Final = "[a-z][a-z0-9-]{2,30}"
TENANT_KINDS: Final = ("startup", "collectivite", "administration", "partenaire")
SIZES: Final = ("S", "M", "L", "XL")
CLASSIFICATIONS: Final = ("public", "internal", "personal", "sante", "sensitive")


def closed(required: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """Return the schema of an object with these keys and no other."""
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def open_table(entry: Schema, names: str = "[a-z][a-z0-9-]{0,62}") -> Schema:
    """Return the schema of a mapping whose keys people choose."""
    return {"type": "object", "propertyNames": {"pattern": f"^{names}$"}, "additionalProperties": entry}


def word(*words: str) -> Schema:
    """Return the schema of one word out of a few."""
    return {"enum": list(words)}


def listed(entry: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": entry}


def number(minimum: int = 0) -> Schema:
    """Return the schema of a whole number."""
    return {"type": "integer", "minimum": minimum}


TEXT: Final[Schema] = {"type": "string", "minLength": 1}
FLAG: Final[Schema] = {"type": "boolean"}
DAYS: Final = number(1)
DATE: Final[Schema] = {
    "type": "string",
    "pattern": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
    "says": {"en": "a date (2026-11-01)", "fr": "une date (2026-11-01)"},
}
EMAIL: Final[Schema] = {
    "type": "string",
    "pattern": r"^[^@\s]+@[^@\s]+$",
    "says": {"en": "an e-mail address", "fr": "une adresse électronique"},
}
BOTH: Final = closed(("en", "fr"), en=TEXT, fr=TEXT)
TITLE: Final[Schema] = {"anyOf": [TEXT, BOTH]}
POOL: Final[Schema] = {
    "type": "string",
    "pattern": "^[a-z][a-z0-9-]{0,62}$",
    "says": {"en": "estate (its pool of IPv6), or a key of network.pools", "fr": "estate (la réserve IPv6 du parc), ou une clé de network.pools"},
}  # fmt: skip
PERSON: Final = closed(name=TEXT, email=EMAIL, phone=TEXT)
RETIREMENT: Final = closed(("reason", "date"), reason=TEXT, date=DATE)

_IDENTITY: Final = closed(
    source=word("local", "ldap", "oidc", "saml"),
    provider=TEXT,
    roles=closed(delegated=TEXT, allowed=listed(TEXT), incompatible=listed(listed(TEXT))),
    auth=closed(mfa=closed(min_methods=number()), bypass=word("none", "allowed")),
)  # fmt: skip
_KEYS: Final = closed(
    acl=word("private", "project"),
    rotation_days=DAYS,
    store=word("any", "software", "hsm"),
    floor=closed(algorithm=TEXT, bit_length=number(1)),
)
_OBJECT: Final = closed(
    public=FLAG,
    encrypted=FLAG,
    datasets=closed(
        licence=word(*LICENCES),
        read=TEXT,
        cors=TEXT,
        versioning=FLAG,
        checksums=FLAG,
        metadata=listed(TEXT),
    ),
)
_APP_CREDENTIALS: Final = closed(
    max_days=DAYS,
    roles_max=listed(TEXT),
    access_rules=word("required", "optional"),
    unrestricted=FLAG,
)
_WAIVER: Final = closed(
    ("control", "reason", "owner", "expires", "approver"),
    control=TEXT,
    resource=TEXT,
    reason=TEXT,
    owner=TEXT,
    expires=DATE,
    measure=TEXT,
    approver=TEXT,
)
_AUDIT: Final = closed(
    retention_days=DAYS,
    sources=listed(TEXT),
    privileged=closed(required=listed(TEXT)),
    anchor_max_age_days=DAYS,
    max_skew_seconds=number(1),
    self_service=FLAG,
)
_BACKUP: Final = closed(
    rpo_hours=number(1),
    site=word("same", "other-zone", "other-site"),
    restore_test_max_age_days=DAYS,
)

_FACTOR: Final[Schema] = {"type": "number", "exclusiveMinimum": 0}

POLICY: Final = closed(
    tenant={
        "type": "string",
        "pattern": f"^{KEY}$",
        "says": {"en": f"a key ({KEY})", "fr": f"une clé ({KEY})"},
    },
    profile=TEXT,
    title=TITLE,
    kind=word(*TENANT_KINDS),
    size={**word(*SIZES), "template": False},
    sizes={**closed(**dict.fromkeys(SIZES, _FACTOR)), "template": False},
    owner=PERSON,
    classification=word(*CLASSIFICATIONS),
    state=word("active", "retired"),
    retirement=RETIREMENT,
    identity=_IDENTITY,
    services=closed(required=listed(TEXT), optional=listed(TEXT)),
    keys=_KEYS,
    object=_OBJECT,
    compute=closed(confidential=FLAG),
    location=closed(
        allowed=listed(TEXT),
        zones=closed(compute=listed(TEXT), volume=listed(TEXT), network=listed(TEXT)),
    ),
    audit=_AUDIT,
    exit=closed(notice_days=DAYS, formats=open_table(TEXT), drill_max_age_days=DAYS),
    playbooks=listed(TEXT),
    app_credentials=_APP_CREDENTIALS,
    accounts=closed(owner_required=FLAG),
    trusts=closed(allowed=FLAG, max_days=DAYS, redelegation=FLAG, impersonation=FLAG),
    s3_credentials=closed(policy=word("forbidden", "inventoried")),
    reviews=closed(max_age_days=DAYS, technical_max_age_days=DAYS),
    offboarding=closed(user_hours=number(1)),
    support_access=closed(
        standing=word("none", "allowed"), consent=word("required", "optional"), max_hours=number(1)
    ),
    break_glass=closed(allowed=FLAG, max_hours=number(1), review_days=DAYS),
    backup=_BACKUP,
    network=closed(
        ip_versions=listed({"enum": [4, 6]}),
        ipv6_pool=POOL,
        zones=open_table(listed(TEXT)),
    ),
    sharing=closed(allowed=listed(TEXT)),
    egress=word("allowlist", "open"),
    exposure=listed(closed(("reason",), address=TEXT, service=TEXT, reason=TEXT)),
    lb=closed(
        tls=word("required", "optional"),
        tls_versions=listed(word("TLSv1.2", "TLSv1.3")),
        hsts_days=DAYS,
    ),
    endpoints=closed(https=FLAG),
    pki=closed(issuers=listed(TEXT), min_validity_days=DAYS),
    vpn=closed(policy=word("forbidden", "strong", "any")),
    images=closed(visibility=word("private", "shared")),
    shares=closed(public=FLAG),
    ha=closed(network=FLAG),
    clusters=closed(tls=word("required", "optional"), min_masters=number(1), floating_ips=FLAG),
    soc=closed(sink=TEXT),
    privacy=closed(record=TEXT, processor_clauses=TEXT),
    components=listed(TEXT),
    admin=closed(sources=listed(TEXT)),
    transparency=closed(publish=FLAG, max_age_days=DAYS),
    billing=closed(cost_centre=TEXT, envelope=TEXT),
    waivers=listed(_WAIVER),
)
