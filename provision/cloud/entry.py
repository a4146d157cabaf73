"""One entry of a clouds.yaml file, written for its owner's eyes only; whatever else is in the file stays as it is."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any

from provision import whole
from provision.errors import UsageError
from provision.text import same, say

if TYPE_CHECKING:
    from pathlib import Path

    from provision.cloud.connect import Cloud


def of_credential(cloud: Cloud, identifier: str, secret: str) -> dict[str, Any]:
    """Return the entry that logs in at the same cloud with an application credential."""
    config = cloud.connection.config
    entry: dict[str, Any] = {
        "auth_type": "v3applicationcredential",
        "auth": {
            "auth_url": config.get_auth_args()["auth_url"],
            "application_credential_id": identifier,
            "application_credential_secret": secret,
        },
        "identity_api_version": "3",
    }
    region, interface = config.get_region_name("identity"), config.get_interface("identity")
    verify = config.get_requests_verify_args()[0]
    if region:
        entry["region_name"] = region
    if interface:
        entry["interface"] = interface
    if verify is not True:
        entry["cacert" if isinstance(verify, str) else "verify"] = verify
    return entry


def room_for(path: Path, name: str) -> None:
    """Do nothing where an entry can be written. Raises `UsageError` when there is one of that name, or the file is none."""
    if name in _read(path)["clouds"]:
        raise UsageError(
            say(
                "{path} has an entry {name!r} already",
                "{path} contient déjà une entrée {name!r}",
                path=path,
                name=name,
            ),
            where=str(path),
            do=say(
                "give the credential another name, or write to another file",
                "donner un autre nom à l'identifiant, ou écrire dans un autre fichier",
            ),
        )
    if not os.access(path.resolve().parent, os.W_OK):
        raise _unwritable(path, OSError(None, os.strerror(13)))


def write(path: Path, name: str, entry: dict[str, Any]) -> None:
    """Add an entry; the file is replaced whole, readable by its owner only. Raises `UsageError` when it cannot be written."""
    content = _read(path)
    content["clouds"][name] = entry
    whole.write(path.resolve(), _yaml_text(content))


def remove(path: Path, name: str) -> bool:
    """Take an entry out; return whether there was one. Raises `UsageError` when the file cannot be read or written."""
    content = _read(path)
    if content["clouds"].pop(name, None) is None:
        return False
    whole.write(path.resolve(), _yaml_text(content))
    return True


def _read(path: Path) -> Any:  # noqa: ANN401 (a document that keeps its comments)
    from ruamel.yaml import YAML  # noqa: PLC0415 (only when there is something to write)
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 (as above)

    try:
        content = YAML().load(path.read_text(encoding="utf-8")) if path.exists() else None
    except (OSError, UnicodeError, YAMLError) as error:
        raise _no_clouds(path, same(str(error))) from error
    content = {} if content is None else content
    if not isinstance(content, dict) or not isinstance(content.setdefault("clouds", {}), dict):
        raise _no_clouds(path, say("its `clouds` are no table", "ses `clouds` ne sont pas une table"))
    return content


def _yaml_text(content: Any) -> str:  # noqa: ANN401 (as above)
    from ruamel.yaml import YAML  # noqa: PLC0415 (as above)

    stream = io.StringIO()
    YAML().dump(content, stream)
    return stream.getvalue()


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        say("this cannot be written: {why}", "ceci ne peut pas être écrit : {why}", why=error.strerror),
        where=str(path),
    )


def _no_clouds(path: Path, why: object) -> UsageError:
    return UsageError(
        say(
            "this is no clouds.yaml file: {why}",
            "ceci n'est pas un fichier clouds.yaml : {why}",
            why=why,
        ),
        where=str(path),
        do=say("name another file", "nommer un autre fichier"),
    )
