"""What can be done with a tenant's keys; each change is looked at again."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from provision.errors import Forbidden, NotFound, ProvisionError, Refused, UnknownOutcome, UsageError
from provision.keyring.bring import Brought
from provision.model.key import NAME, Key, KeyPolicy, called, id_of, newest, read_name
from provision.text import say

if TYPE_CHECKING:
    from provision.cloud.api import Api
    from provision.cloud.connect import Cloud
    from provision.model.marker import Owner

SERVICE: Final = "key-manager"
PAGE: Final = 100
OCTETS: Final = "application/octet-stream"
AES: Final = (128, 192, 256)
PATIENCE: Final = 60.0
PAUSE: Final = 0.3


@dataclass(frozen=True, slots=True)
class Ring:
    """The ring of one tenant, reached as the tenant (`cloud` is scoped to its project), with what its documents want."""

    cloud: Cloud
    tenant: str
    policy: KeyPolicy

    @property
    def _api(self) -> Api:
        return self.cloud.api(SERVICE)

    @property
    def _owner(self) -> Owner:
        return self.cloud.owner

    def held(self) -> list[Key]:
        """Return every generation of every key, by name and number: one call a hundred secrets, and one a key for its readers."""
        return self._opened(self._named(self._api.list("/secrets", "secrets", limit=PAGE)))

    def _named(self, secrets: Iterable[dict[str, Any]]) -> list[Key]:
        found = [key for each in secrets if (key := self._read(each)) is not None]
        last = newest(found)
        ordered = sorted(found, key=lambda key: (key.name, key.generation, key.created))
        return [replace(key, current=key.generation == last[key.name]) for key in ordered]

    def _read(self, body: dict[str, Any]) -> Key | None:
        named = read_name(self._owner, self.tenant, body.get("name"))
        if named is None:
            return None
        return Key.told(body, *named)

    def _opened(self, keys: list[Key]) -> list[Key]:
        return [
            replace(key, project=project, readers=readers)
            for key, (project, readers) in zip(keys, self.cloud.each(self._readers, keys), strict=True)
        ]

    def _readers(self, key: Key) -> tuple[bool, tuple[str, ...]]:
        """Return whether the whole project may read a key, and who may by name; who may not even ask, is not among them."""
        try:
            said = self._api.get(f"{_path(key.id)}/acl")["read"]
        except Forbidden:
            return False, ()
        return bool(said.get("project-access", True)), tuple(said.get("users", ()))

    def create(self, name: str, *, bits: int | None = None, readers: Collection[str] = ()) -> Key:
        """Have Barbican make a key, at least as strong as the floor. Raises `Refused` for a name that is taken."""
        return self._make(name, self._first(name), bits or self.policy.made[1], readers)

    def bring(
        self, name: str, brought: Brought, *, following: bool = False, readers: Collection[str] = ()
    ) -> Key:
        """Keep a key that the tenant brings, or (`following`) the next generation of one; what was kept is read again.

        Raises `Refused` for one that is weaker than the floor, or for a name that is taken.
        """
        self._will_do(brought.bits)
        generation, named = self._next(name) if following else (self._first(name), ())
        secret = called(self._owner, self.tenant, name, generation, brought=True)
        key = self._closed(self._stored(secret, brought), readers or named)
        kept = self._api.send("GET", f"{_path(key.id)}/payload", headers={"Accept": OCTETS}).content
        if not hmac.compare_digest(kept, brought.content):
            self._api.delete(_path(key.id))
            raise ProvisionError(
                say(
                    "what was kept is not what was brought: it was deleted again",
                    "ce qui a été gardé n'est pas ce qui a été apporté : cela a été supprimé",
                ),
                where=key.id,
            )
        return key

    def due(self, names: Collection[str], now: datetime) -> list[Key]:
        """Return the keys that are to have a successor: those named, whatever their age, else all that are old enough.

        Raises `UsageError` for a name that no key has.
        """
        for name in names:
            self.last(name)
        return [
            key
            for key in self.held()
            if key.current and (key.name in names if names else self.policy.is_due(key, now))
        ]

    def succeed(self, key: Key) -> Key:
        """Have Barbican make the next generation of a key, with its readers; the former one stays as it is."""
        bits = max(key.bits, self.policy.made[1])
        return self._make(key.name, key.generation + 1, bits, key.readers)

    def seal(self, key: Key) -> Key:
        """Give a key the readers that documents want: where keys are private, those named, and the project no more."""
        return self._sealed(key, key.readers)

    def destroy(self, key: Key) -> int:
        """Delete one generation and ask for it again; return how that was answered (404). Raises where it is still there."""
        self._api.delete(_path(key.id))
        try:
            self._api.get(_path(key.id))
        except NotFound as gone:
            return int(gone.status or 0)
        raise ProvisionError(
            say("it was deleted, and is still there", "elle a été supprimée, et elle est encore là"),
            where=key.id,
            do=say(
                "have the operator of the key manager look at it",
                "la faire examiner par l'exploitant du gestionnaire de clés",
            ),
        )

    def generations(self, name: str, number: int | None = None) -> list[Key]:
        """Return every generation of a key, or that of one number. Raises `UsageError` where there is none."""
        keys = self.held()
        found = [key for key in keys if key.name == name and number in (None, key.generation)]
        if not found:
            raise self._unknown(name if number is None else f"{name}/{number}", keys)
        return found

    def last(self, name: str) -> Key:
        """Return the newest generation of a key. Raises `UsageError` for a name that no key has."""
        return self.generations(name)[-1]

    def _unknown(self, name: str, keys: Iterable[Key]) -> UsageError:
        known = ", ".join(f"{key.name}/{key.generation}" for key in keys)
        return UsageError(
            say("there is no key {name!r}", "il n'y a pas de clé {name!r}", name=name),
            where=self.tenant,
            do=say("known: {known}", "connues : {known}", known=known or "–"),
        )

    def _next(self, name: str) -> tuple[int, tuple[str, ...]]:
        last = self.last(name)
        return last.generation + 1, last.readers

    def _first(self, name: str) -> int:
        """Return the number of a new key's first generation. Raises where the name will not do, or is taken."""
        if not NAME.fullmatch(name):
            raise UsageError(
                say("{name!r} cannot name a key", "{name!r} ne peut pas nommer une clé", name=name),
                do=say("write [a-z][a-z0-9-]*", "écrire [a-z][a-z0-9-]*"),
            )
        if name in newest(self.held()):
            raise Refused(
                say("there is a key {name!r} already", "il y a déjà une clé {name!r}", name=name),
                where=self.tenant,
                do=say(
                    "give it a successor: keys rotate {tenant} {name}, or keys import --next",
                    "lui donner un successeur : keys rotate {tenant} {name}, ou keys import --next",
                    tenant=self.tenant,
                    name=name,
                ),
            )
        return 1

    def _will_do(self, bits: int) -> None:
        """Raise `Refused` for a length that the floor does not allow, or that no AES key has."""
        algorithm = self.policy.made[0]
        if algorithm.lower() != "aes":
            raise Refused(
                say(
                    "the floor asks for {algorithm}, and this ring holds AES keys",
                    "le plancher demande {algorithm}, et ce trousseau tient des clés AES",
                    algorithm=algorithm,
                ),
                where=self.tenant,
                do=say("write keys.floor.algorithm: aes", "écrire keys.floor.algorithm: aes"),
            )
        if bits not in AES:
            raise Refused(
                say(
                    "an AES key has 128, 192 or 256 bits; this one has {bits}",
                    "une clé AES compte 128, 192 ou 256 bits ; celle-ci en compte {bits}",
                    bits=bits,
                ),
                where=self.tenant,
            )
        if self.policy.weaker(algorithm, bits):
            raise Refused(
                say(
                    "{bits} bits are weaker than the floor of {floor}",
                    "{bits} bits, c'est moins que le plancher de {floor}",
                    bits=bits,
                    floor=self.policy.bits,
                ),
                where=self.tenant,
                do=say("take a longer key", "prendre une clé plus longue"),
            )

    def _make(self, name: str, generation: int, bits: int, readers: Collection[str]) -> Key:
        self._will_do(bits)
        secret = called(self._owner, self.tenant, name, generation, brought=False)
        return self._closed(self._ordered(secret, bits), readers)

    def _ordered(self, secret: str, bits: int) -> str:
        """Order a key under the name of its secret, and return the secret's id; what is left of the order is removed."""
        meta = {"name": secret, "algorithm": "aes", "bit_length": bits, "payload_content_type": OCTETS}
        try:
            order = id_of(self._api.post("/orders", {"type": "key", "meta": meta})["order_ref"])
        except UnknownOutcome as lost:
            return self._called(secret, lost)
        done = self._settled(order)
        with suppress(Forbidden):  # under Barbican's older rules only its administrators delete orders
            self._api.delete(f"/orders/{order}")
        return id_of(done["secret_ref"])

    def _settled(self, order: str) -> dict[str, Any]:
        """Return an order once it is done. Raises where it fails, or takes too long."""
        until = time.monotonic() + PATIENCE
        while True:
            found = self._api.get(f"/orders/{order}")
            if found["status"] == "ACTIVE":
                return found
            if found["status"] == "ERROR" or time.monotonic() > until:
                raise ProvisionError(
                    say(
                        "the key was not made: {status} {why}",
                        "la clé n'a pas été faite : {status} {why}",
                        status=found["status"],
                        why=found.get("error_reason", ""),
                    ),
                    where=f"/orders/{order}",
                )
            time.sleep(PAUSE)

    def _stored(self, secret: str, brought: Brought) -> str:
        """Keep what the tenant brings under the name of its secret; return the secret's id."""
        body = {
            "name": secret,
            "secret_type": "symmetric",
            "algorithm": "aes",
            "bit_length": brought.bits,
            "payload": base64.b64encode(brought.content).decode(),
            "payload_content_type": OCTETS,
            "payload_content_encoding": "base64",
        }
        try:
            return id_of(self._api.post("/secrets", body)["secret_ref"])
        except UnknownOutcome as lost:
            return self._called(secret, lost)

    def _called(self, secret: str, lost: UnknownOutcome) -> str:
        """Return the id of the secret of a name, after an answer was lost. Raises that where there is none."""
        for each in self._api.get("/secrets", name=secret)["secrets"]:
            return id_of(each["secret_ref"])
        raise lost

    def _closed(self, identifier: str, readers: Collection[str]) -> Key:
        """Return a new key with its readers; one that cannot be closed does not stay."""
        (key,) = self._opened(self._named([self._api.get(_path(identifier))]))
        try:
            return self._sealed(key, readers)
        except ProvisionError:
            self._api.delete(_path(identifier))
            raise

    def _sealed(self, key: Key, readers: Collection[str]) -> Key:
        """Write who may read a key, and look again. Raises where the whole project still may, and must not."""
        if not self.policy.private and not readers:
            return key
        said = {"project-access": not self.policy.private, "users": sorted(readers)}
        self._api.put(f"{_path(key.id)}/acl", {"read": said})
        (seen,) = self._opened([key])
        if self.policy.private and seen.project:
            raise ProvisionError(
                say("the whole project may still read it", "tout le projet peut encore la lire"), where=key.id
            )
        return seen


def _path(identifier: str) -> str:
    return f"/secrets/{identifier}"
