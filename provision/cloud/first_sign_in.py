"""The first sign-in of an account: a password that nobody keeps, a second factor, and a try that the password alone opens nothing."""

from __future__ import annotations

import base64
import json
import secrets
import string
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from provision.cloud.anybody import anybody
from provision.errors import CloudError, Forbidden, Refused
from provision.model.sign_in import FirstSignIn
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from provision.cloud.anybody import Answer
    from provision.cloud.connect import Cloud

ISSUED: Final = (
    "provision_first_sign_in"  # of the account, beside what Keystone knows: when it was handed over
)
_SORT: Final = "totp"
_SEED_BYTES: Final = 20
_GROUPS, _LONG = 6, 4
_LETTERS: Final = "".join(each for each in string.ascii_letters + string.digits if each not in "0O1lI")


def handed_over(cloud: Cloud, account: Mapping[str, Any]) -> bool:
    """Tell whether an account (as Keystone shows it) has been handed over: Keystone tells of no password whether there is one."""
    return bool(account.get(ISSUED)) or bool(_factors(cloud, account["id"]))


def hand_over(cloud: Cloud, user: str, *, several: bool, now: datetime) -> FirstSignIn:
    """Give an account a new password and, where it needs `several` methods, a new second factor; former ones end.

    Raises `Forbidden` for who may not, and has changed nothing; `Refused` where the password alone would open the
    account: nothing opens it then, nor when anything else goes wrong on the way.
    """
    password = _password()
    seed = base64.b32encode(secrets.token_bytes(_SEED_BYTES)).decode("ascii") if several else None
    former = _factors(cloud, user)
    if seed:
        _add_factor(cloud, user, seed)
    try:
        for each in former:
            cloud.identity.delete(f"/credentials/{each}")
        said = {"password": password, ISSUED: now.isoformat(timespec="seconds")}
        cloud.identity.patch(f"/users/{user}", {"user": said})
        must_change = _tried(cloud, user, password, several=several)
    except BaseException:
        take_back(cloud, user)
        raise
    return FirstSignIn(password, seed, must_change)


def take_back(cloud: Cloud, user: str) -> None:
    """Let nothing open an account: its password and its second factors go, and what was signed in with them ends."""
    without_password(
        lambda none: cloud.identity.patch(f"/users/{user}", {"user": {"password": none, ISSUED: None}})
    )
    for each in _factors(cloud, user):
        cloud.identity.delete(f"/credentials/{each}")


def without_password(write: Callable[[str | None], dict[str, Any]]) -> dict[str, Any]:
    """Write an account that no password opens; where Keystone's rule for passwords wants one, one that nobody knows.

    Said as null, not left out: a Keystone that has first passwords changed fails over an account that has none (30.0).
    """
    try:
        return write(None)
    except CloudError as error:
        if error.status != HTTPStatus.BAD_REQUEST:
            raise
    return write(_password())


def _factors(cloud: Cloud, user: str) -> list[str]:
    found = cloud.identity.list("/credentials", "credentials", user_id=user, type=_SORT)
    return [each["id"] for each in found]


def _add_factor(cloud: Cloud, user: str, seed: str) -> None:
    """Give an account a second factor more. Raises `Forbidden` for the manager of a domain: Keystone keeps this to itself."""
    try:
        cloud.identity.post("/credentials", {"credential": {"type": _SORT, "blob": seed, "user_id": user}})
    except Forbidden as error:
        error.do = say(
            "only an administrator of Keystone gives another's account a second factor: have the operator run this",
            "seul un administrateur de Keystone donne un second facteur au compte d'un autre : le faire faire par l'exploitant",
        )
        raise


def _password() -> str:
    """Return one that is easily copied by hand, and has every sort of character that a rule for passwords may ask for."""
    while True:
        groups = ["".join(secrets.choice(_LETTERS) for _ in range(_LONG)) for _ in range(_GROUPS)]
        made = "-".join(groups)
        if any(map(str.isdigit, made)) and any(map(str.isupper, made)) and any(map(str.islower, made)):
            return made


def _tried(cloud: Cloud, user: str, password: str, *, several: bool) -> bool:
    """Sign in with the password alone; return whether it must be changed first."""
    answer = _sign_in(cloud, user, password)
    if answer.status == HTTPStatus.CREATED:
        _end(cloud, answer)
        if several:
            raise Refused(
                say("the password alone opens the account", "le mot de passe seul ouvre le compte"),
                where=cloud.name,
                do=say(
                    "add totp to [auth] methods of Keystone: it counts of a rule only the methods that it has",
                    "ajouter totp à [auth] methods de Keystone : il ne compte d'une règle que les méthodes qu'il a",
                ),
            )
        return False
    if answer.status != HTTPStatus.UNAUTHORIZED:
        raise _unknown(cloud, answer)
    said = answer.body.decode("utf-8", "replace")
    if "receipt" not in said and "expired" not in said:
        raise _unknown(cloud, answer)
    return "receipt" not in said


def _sign_in(cloud: Cloud, user: str, password: str) -> Answer:
    identity = {"methods": ["password"], "password": {"user": {"id": user, "password": password}}}
    content = json.dumps({"auth": {"identity": identity}}).encode()
    trusted = cloud.connection.config.get_requests_verify_args()[0]
    address = f"{cloud.identity.line.root}/auth/tokens"
    return anybody(
        "POST",
        address,
        content,
        {"Content-Type": "application/json"},
        verify=True if trusted is None else trusted,
    )


def _end(cloud: Cloud, answer: Answer) -> None:
    """End the token that a try has brought."""
    token = {"X-Subject-Token": answer.headers["X-Subject-Token"]}
    cloud.identity.send("DELETE", "/auth/tokens", headers=token)


def _unknown(cloud: Cloud, answer: Answer) -> CloudError:
    return CloudError(
        say(
            "Keystone does not take the password that it was just given: {status}",
            "Keystone n'accepte pas le mot de passe qui vient de lui être donné : {status}",
            status=answer.status,
        ),
        where=cloud.name,
        do=say(
            "nothing opens the account now; try again in a moment",
            "rien n'ouvre le compte à présent ; réessayer dans un moment",
        ),
    )
