"""Who signs: an Ed25519 key made at first use in the user's own folder, or whatever a key URI of securesystemslib names."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.errors import UsageError
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from securesystemslib.signer import Key, Signer

URI: Final = "PROVISION_LEDGER_KEY"
PUBLIC: Final = "PROVISION_LEDGER_PUBLIC_KEY"
PIN: Final = "PROVISION_LEDGER_PIN"
_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True)
class Where:
    """Where the signing key is: a URI and its public key's PEM, or neither for the key in the user's folder."""

    uri: str | None = None
    public: Path | None = None


def where(estate: Mapping[str, object], directory: Path) -> Where:
    """Return what the environment says, else the estate's ``ledger: {key, public_key}``, else our own key."""
    asked = estate.get("ledger")
    written: Mapping[str, object] = asked if isinstance(asked, dict) else {}
    uri = os.environ.get(URI) or written.get("key")
    public = os.environ.get(PUBLIC) or written.get("public_key")
    return Where(str(uri) if uri else None, directory / str(public) if public else None)


def signer(place: Where) -> Signer:
    """Return who signs. Raises `UsageError` when the key cannot be had."""
    from securesystemslib.signer import Signer as Found  # noqa: PLC0415 (a quarter of a second that reading costs nothing of)

    if place.uri is None:
        return _own()
    if place.public is None:
        raise UsageError(
            say("a key URI needs its public key", "une URI de clé demande sa clé publique"),
            where=place.uri,
            do=say(
                "name the PEM file: ledger.public_key in estate.yaml, or {public}",
                "nommer le fichier PEM : ledger.public_key dans estate.yaml, ou {public}",
                public=PUBLIC,
            ),
        )
    try:
        return Found.from_priv_key_uri(place.uri, public(place.public), lambda _: os.environ.get(PIN, ""))
    except UsageError:
        raise
    except Exception as error:  # a signer may raise whatever its library does
        raise _no_key(place.uri, error) from error


def ready() -> None:
    """Read in what signs."""
    import securesystemslib.dsse  # noqa: PLC0415 (as above)
    import securesystemslib.signer  # noqa: F401, PLC0415 (as above)


def own_path() -> Path:
    """Return where the user's own key is."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "provision" / "ledger-key.pem"


def _own() -> Signer:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 (as above)
    from securesystemslib.signer import CryptoSigner  # noqa: PLC0415

    path = own_path()
    try:
        if not path.exists():
            _make(path)
        return CryptoSigner(load_pem_private_key(path.read_bytes(), None))
    except (OSError, ValueError) as error:
        raise _no_key(str(path), error) from error


def _make(path: Path) -> None:
    """Write a new key for its owner only; when two do so at once, one wins and both use it."""
    from securesystemslib.signer import CryptoSigner  # noqa: PLC0415 (as above)

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as file:
            file.write(CryptoSigner.generate_ed25519().private_bytes)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def own_public() -> Key | None:
    """Return the user's own public key, or None where no key was made yet."""
    return _own().public_key if own_path().exists() else None


def public(path: Path) -> Key:
    """Return a public key out of a PEM file. Raises `UsageError`."""
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415 (as above)
    from securesystemslib.signer import SSlibKey  # noqa: PLC0415

    try:
        return SSlibKey.from_crypto(load_pem_public_key(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise _no_key(str(path), error) from error


def spelled(key: Key) -> dict[str, object]:
    """Return a public key as it is kept beside the ledger."""
    return {"keyid": key.keyid, **key.to_dict()}


def _key(kept: Mapping[str, object]) -> Key:
    from securesystemslib.signer import Key as Found  # noqa: PLC0415 (as above)

    return Found.from_dict(
        str(kept["keyid"]), {name: value for name, value in kept.items() if name != "keyid"}
    )


def read(path: Path) -> dict[str, Key]:
    """Return the public keys kept in a file, by id; none when there is no file. Raises `UsageError` for a damaged one."""
    if not path.exists():
        return {}
    try:
        kept = [json.loads(line) for line in path.read_bytes().splitlines()]
        return {each["keyid"]: _key(each) for each in kept}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_key(str(path), error) from error


def _no_key(place: str, error: BaseException) -> UsageError:
    return UsageError(
        say("the ledger's key cannot be had: {error}", "la clé du registre est inaccessible : {error}", error=error),
        where=place,
    )  # fmt: skip
