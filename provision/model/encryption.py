"""How volumes of a type are encrypted, as a profile wants it and as Cinder says it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from provision.model.tenant import Values

VOLUME: Final = "storage.volume"
ENCRYPTED: Final = "encrypted"
# What Cinder called a format before it had names for it: the class that made it.
_FORMER_NAMES: Final = {"LuksEncryptor": "luks", "CryptsetupEncryptor": "plain"}


@dataclass(frozen=True, slots=True)
class Encryption:
    """Format, cipher, length of keys in bits, and who encrypts: the hypervisor (``front-end``) or the storage (``back-end``).

    Wanted, a None stands for whatever it is.
    """

    provider: str | None = None
    cipher: str | None = None
    key_size: int | None = None
    control_location: str | None = None

    def lacking(self, found: Encryption | None) -> Iterator[str]:
        """Yield the fields in which what was found is not what is wanted; ``encrypted`` where it is not encrypted at all.

        A key may be longer than wanted.
        """
        if found is None:
            yield ENCRYPTED
            return
        for name in WORDS:
            wanted, there = getattr(self, name), getattr(found, name)
            if wanted is not None and wanted != there:
                yield name
        if self.key_size is not None and (found.key_size or 0) < self.key_size:
            yield "key_size"


WORDS: Final = ("provider", "cipher", "control_location")
FIELDS: Final = tuple(each.name for each in dataclasses.fields(Encryption))


def wanted(values: Values) -> Encryption:
    """Return how documents want volumes to be encrypted, where they are."""
    return Encryption(**{name: values.get(f"{VOLUME}.{name}") for name in FIELDS})


def read(body: Mapping[str, Any]) -> Encryption | None:
    """Return what ``types/{id}/encryption`` says; None for a type that does not encrypt."""
    if not body.get("encryption_id"):
        return None
    provider = str(body["provider"]).rsplit(".", maxsplit=1)[-1]
    return Encryption(
        _FORMER_NAMES.get(provider, provider),
        body.get("cipher"),
        body.get("key_size"),
        body.get("control_location"),
    )
