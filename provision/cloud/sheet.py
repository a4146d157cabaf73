"""The sheet that hands a first sign-in over: a file for one reader, who changes the password and destroys it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from provision import whole
from provision.errors import UsageError
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from provision.cloud.connect import Cloud
    from provision.model.sign_in import FirstSignIn

_HEAD: Final = """\
# The first sign-in of {who}, for nobody else: change the password now, enter the second factor into an application for
# codes (totp: uri is what its QR code would hold), then destroy this file.
# La première connexion de {who}, pour personne d'autre : changer le mot de passe aussitôt, saisir le second facteur dans
# une application de codes (totp : uri est ce que contiendrait son QR code), puis détruire ce fichier.
"""
_CHANGE: Final = """\
# To change it / Pour le changer : POST {url}/users/{user}/password
#   {{"user": {{"original_password": "…", "password": "…"}}}}
"""


def room_for(path: Path) -> None:
    """Do nothing where a sheet can be written. Raises `UsageError` when something is there, or the folder takes no file."""
    if path.exists():
        raise UsageError(
            say("there is a file already", "il y a déjà un fichier"),
            where=str(path),
            do=say("name another one", "en nommer un autre"),
        )
    if not os.access(path.resolve().parent, os.W_OK):
        raise UsageError(
            say("this folder takes no file", "ce dossier ne prend pas de fichier"), where=str(path)
        )


def write(cloud: Cloud, path: Path, account: Mapping[str, Any], project: str, first: FirstSignIn) -> None:
    """Write one, for its owner's eyes only; `account` is as Keystone shows it. Raises `UsageError`."""
    domain = cloud.identity.get(f"/domains/{account['domain_id']}")["domain"]["name"]
    named = cloud.identity.get(f"/projects/{project}")["project"]["name"]
    url = cloud.connection.config.get_auth_args()["auth_url"]
    who = f"{account['name']}@{domain}"
    held: dict[str, Any] = {
        "auth_url": url,
        "user_domain_name": domain,
        "username": account["name"],
        "project_domain_name": domain,
        "project_name": named,
        "password": first.password,
    }
    if first.seed:
        held["totp"] = {"secret": first.seed, "uri": _uri(who, cloud.owner.estate, first.seed)}
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in held.items())
    head = _HEAD.format(who=who) + _CHANGE.format(url=url.rstrip("/"), user=account["id"])
    whole.write(path.resolve(), head + "".join(lines))


def _uri(who: str, issuer: str, seed: str) -> str:
    """Return the address that applications for codes understand; the digest, the digits and the seconds are Keystone's."""
    said = {"secret": seed, "issuer": issuer, "algorithm": "SHA1", "digits": 6, "period": 30}
    return f"otpauth://totp/{quote(f'{issuer}:{who}')}?{urlencode(said, quote_via=quote)}"
