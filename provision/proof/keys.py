"""Keys and secrets: not for another tenant, nor for the rest of one's own project; strong, and not too old."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from provision.cloud.guest import guest
from provision.errors import Forbidden, NotFound
from provision.keyring import Brought, Ring
from provision.model.key import Fault, Key, KeyPolicy, called
from provision.proof.promise import Seen, Stage, denied, promise, refused, together, where
from provision.text import Text, say

LENGTH: Final = 32
_LISTED: Final = say("a member lists the keys of the ring", "un membre liste les clés du trousseau")


@promise(
    "secret-of-another-tenant",
    service="key-manager",
    says=say(
        "it cannot read another tenant's secrets", "il ne peut pas lire les secrets d'un autre locataire"
    ),
    tried=say(
        "a member of another tenant keeps a secret; a member of this one asks for it, and for what is in it",
        "un membre d'un autre locataire garde un secret ; un membre de celui-ci le demande, et ce qu'il contient",
    ),
    made=where("keys.acl"),
)
def secret_of_another(stage: Stage, _key: str) -> Seen:
    """Keep a secret next door; ask for it as the tenant."""
    theirs, ours = stage.neighbour().cloud.api("key-manager"), stage.guest.api("key-manager")
    stage.remove_after(
        theirs,
        lambda: (_path(each["secret_ref"]) for each in theirs.get("/secrets", name=stage.name)["secrets"]),
    )
    body = {
        "name": stage.name,
        "secret_type": "passphrase",
        "payload": secrets.token_urlsafe(24),
        "payload_content_type": "text/plain",
    }
    path = _path(theirs.post("/secrets", body)["secret_ref"])
    return together(
        refused(lambda: ours.get(path), f"GET {path}", Forbidden, NotFound),
        refused(
            lambda: ours.send("GET", f"{path}/payload", headers={"Accept": "text/plain"}),
            f"GET {path}/payload",
            Forbidden,
            NotFound,
        ),
    )


def _path(reference: str) -> str:
    return f"/secrets/{reference.rsplit('/', 1)[-1]}"


@promise(
    "keys-private",
    service="key-manager",
    says=say(
        "its keys are closed to the rest of its own project",
        "ses clés sont fermées au reste de son propre projet",
    ),
    tried=say(
        "a member keeps a key in the ring, another member asks for it, the first destroys it and asks for it again; and the "
        "readers of every key of the ring are read",
        "un membre garde une clé dans le trousseau, un autre la demande, le premier la détruit et la redemande ; et les "
        "lecteurs de chaque clé du trousseau sont lus",
    ),
    made=where("keys.acl", says="private"),
)
def keys_private(stage: Stage, _key: str) -> Seen:
    """Keep a key and have another member ask for it; see that no key of the ring is open to the project."""
    ring, keys = _ring(stage), stage.guest.api("key-manager")
    open_to_all = _judged(ring, Fault.OPEN)
    secret = called(stage.guest.owner, stage.tenant.key, stage.name, 1, brought=True)
    stage.remove_after(
        keys, lambda: (_path(each["secret_ref"]) for each in keys.get("/secrets", name=secret)["secrets"])
    )
    colleague = stage.undo.enter_context(guest(stage.operator, stage.tenant)).api("key-manager")
    made = ring.bring(stage.name, Brought(secrets.token_bytes(LENGTH)))
    path = f"/secrets/{made.id}"
    asked = together(
        refused(lambda: colleague.get(path), f"GET {path}", Forbidden, NotFound),
        refused(
            lambda: colleague.send("GET", f"{path}/payload", headers={"Accept": "application/octet-stream"}),
            f"GET {path}/payload",
            Forbidden,
            NotFound,
        ),
    )
    status = ring.destroy(made)
    gone = Seen(
        status == HTTPStatus.NOT_FOUND,
        say("destroyed → {status}", "détruite → {status}", status=status),
    )
    return together(open_to_all, asked, gone)


@promise(
    "keys-fresh",
    service="key-manager",
    says=say("none of its keys is older than promised", "aucune de ses clés n'est plus vieille que promis"),
    tried=_LISTED,
    made=where("keys.rotation_days"),
)
def keys_fresh(stage: Stage, _key: str) -> Seen:
    """See that no newest generation of a key is overdue."""
    return _judged(_ring(stage), Fault.OLD)


@promise(
    "keys-strong",
    service="key-manager",
    says=say("none of its keys is weaker than the floor", "aucune de ses clés n'est sous le plancher"),
    tried=_LISTED,
    made=where("keys.floor.bit_length"),
)
def keys_strong(stage: Stage, _key: str) -> Seen:
    """See that no newest generation of a key is below the floor."""
    return _judged(_ring(stage), Fault.WEAK)


@promise(
    "keys-in-hardware",
    service="key-manager",
    says=say("its keys rest in a hardware module", "ses clés reposent dans un module matériel"),
    tried=say(
        "a member asks the key manager where its project's keys rest; the estate says which stores are hardware",
        "un membre demande au gestionnaire de clés où reposent celles de son projet ; le parc dit quels magasins sont matériels",
    ),
    made=where("keys.store", says="hsm"),
)
def keys_in_hardware(stage: Stage, _key: str) -> Seen:
    """Ask as the tenant which store its project prefers, else which is the default: one that the estate calls hardware."""
    keys, hardware = stage.guest.api("key-manager"), stage.tenant.estate.items("secret_stores.hardware")
    try:
        store = keys.get("/secret-stores/preferred")
    except NotFound:
        try:
            store = keys.get("/secret-stores/global-default")
        except NotFound as unsaid:
            return denied(unsaid, "GET /secret-stores/global-default")
    return Seen(
        store["name"] in hardware,
        say(
            "keys rest in {store}; hardware, by the estate: {hardware}",
            "les clés reposent dans {store} ; matériels, selon le parc : {hardware}",
            store=store["name"],
            hardware=", ".join(hardware) or "–",
        ),
    )


def _ring(stage: Stage) -> Ring:
    return Ring(stage.guest, stage.tenant.key, KeyPolicy.of(stage.tenant))


def _judged(ring: Ring, fault: Fault) -> Seen:
    """See that no key of the ring has a fault; those that have are named, else all that were looked at."""
    now, held = datetime.now(UTC), ring.held()
    faulty = [key for key in held if fault in ring.policy.faults(key, now)]
    if faulty:
        return Seen(held=False, what=say("not so: {keys}", "pas le cas : {keys}", keys=_said(faulty, now)))
    return Seen(held=True, what=say("keys: {keys}", "clés : {keys}", keys=_said(held, now)))


def _said(keys: Iterable[Key], now: datetime) -> Text:
    named = (f"{key.name}/{key.generation} ({key.bits}, {key.age(now).days} d)" for key in keys)
    english = ", ".join(named)
    return Text(english or "none", english.replace(" d)", " j)") or "aucune")
