"""Answers and exceptions of the services, in our own error tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from keystoneauth1 import exceptions as ksa

from provision.errors import (
    CloudError,
    Conflict,
    CredentialsRefused,
    Forbidden,
    NotFound,
    QuotaExceeded,
    ServiceAbsent,
    UnknownOutcome,
    Unreachable,
)
from provision.text import same, say

if TYPE_CHECKING:
    import requests

_BY_STATUS: Final[dict[int, type[CloudError]]] = {
    401: CredentialsRefused,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: QuotaExceeded,
}
_QUOTA_MAY_HIDE_IN: Final = frozenset({400, 403, 409})
_LOST_ANSWER: Final = frozenset({502, 504})


def failure(response: requests.Response, method: str) -> CloudError:
    """Return the error that a response with status ≥ 400 stands for."""
    status, message = response.status_code, _message(response)
    kind = _BY_STATUS.get(status, CloudError)
    if status in _QUOTA_MAY_HIDE_IN and "quota" in message.lower() and "exceed" in message.lower():
        kind = QuotaExceeded
    if status in _LOST_ANSWER and method not in {"GET", "HEAD"}:
        kind = UnknownOutcome
    return kind(
        same(f"{status} {message}"),
        where=f"{method} {response.url}",
        status=status,
        request_id=response.headers.get("x-openstack-request-id", ""),
    )


def _message(response: requests.Response) -> str:
    try:
        body: Any = response.json()
    except ValueError:
        return response.reason or ""
    return _find_message(body) or response.reason or ""


def _find_message(body: object) -> str:
    """Find the sentence in ``{"error": {"message": …}}``, ``{"NeutronError": {…}}``, ``{"badRequest": {…}}`` and their like."""
    if isinstance(body, dict):
        for key in ("message", "description", "faultstring"):
            if isinstance(body.get(key), str):
                return str(body[key])
        for value in body.values():
            if found := _find_message(value):
                return found
    return ""


def exception(error: Exception, method: str, where: str) -> CloudError:
    """Return the error that an exception of keystoneauth stands for."""
    if isinstance(error, ksa.EndpointNotFound | ksa.catalog.EmptyCatalog):
        return absent(where)
    if isinstance(error, ksa.Unauthorized):
        return CredentialsRefused(
            say("the cloud refuses these credentials", "le cloud refuse ces identifiants"),
            where=where,
            do=say(
                "check user, password, project and domains in clouds.yaml or the OS_* variables",
                "vérifier utilisateur, mot de passe, projet et domaines dans clouds.yaml ou les variables OS_*",
            ),
            status=401,
        )
    if isinstance(error, ksa.ConnectFailure | ksa.ConnectionError | ksa.DiscoveryFailure):
        return _no_answer(error, method, where)
    return CloudError(same(str(error)), where=where)


def _no_answer(error: Exception, method: str, where: str) -> CloudError:
    if method in {"GET", "HEAD"}:
        return Unreachable(
            say("no answer: {error}", "pas de réponse : {error}", error=error),
            where=where,
            do=say(
                "check that the cloud is up and its address is right",
                "vérifier que le cloud répond et que son adresse est juste",
            ),
        )
    return UnknownOutcome(
        say("the answer was lost: {error}", "la réponse s'est perdue : {error}", error=error), where=where
    )


def absent(service: str) -> ServiceAbsent:
    """Return the error of a service that the catalogue lacks."""
    return ServiceAbsent(
        say("this cloud has no {service} service", "ce cloud n'a pas de service {service}", service=service),
        where=service,
        do=say(
            "take a profile that does not need it, or a cloud that has it",
            "choisir un profil qui s'en passe, ou un cloud qui l'offre",
        ),
    )
