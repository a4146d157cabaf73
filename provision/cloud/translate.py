"""Answers and exceptions of the services, in our own error tree."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from keystoneauth1 import exceptions as ksa
from requests import RequestException
from urllib3 import exceptions as http

from provision.cloud.pace import asked_to_wait
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
    from collections.abc import Iterator

    from provision.cloud.answer import Answer
    from provision.text import Text

_BY_STATUS: Final[dict[int, type[CloudError]]] = {
    401: CredentialsRefused,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: QuotaExceeded,
}
_QUOTA_MAY_HIDE_IN: Final = frozenset({400, 403, 409})
_USED_UP: Final = ("exceed", "has been met")  # the second is Octavia's
_LIMIT_OR_QUOTA: Final = frozenset({413, 429})
_MAYBE_DONE: Final = frozenset({502, 503, 504})
_MOVED: Final = range(300, 400)
_READING: Final = frozenset({"GET", "HEAD"})


def failure(answer: Answer) -> CloudError:
    """Return the error that an answer with status ≥ 300 stands for."""
    status, message = answer.status, _message(answer)
    return _kind(answer, message)(
        same(f"{status} {message}"),
        where=f"{answer.method} {answer.url}",
        status=status,
        request_id=answer.request_id,
        do=_advice(answer),
    )


def _kind(answer: Answer, message: str) -> type[CloudError]:
    told = message.lower()
    if answer.status in _QUOTA_MAY_HIDE_IN and "quota" in told and any(each in told for each in _USED_UP):
        return QuotaExceeded
    if over_quota(answer):
        return QuotaExceeded
    if answer.status in _MAYBE_DONE and answer.method not in _READING:
        return UnknownOutcome
    return _BY_STATUS.get(answer.status, CloudError)


def _advice(answer: Answer) -> str | Text:
    if answer.status in _MOVED:
        return say(
            "have the catalogue name {place}: redirections are not followed",
            "faire écrire {place} dans le catalogue : les redirections ne sont pas suivies",
            place=answer.headers.get("location", "?"),
        )
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return say(
            "the token was renewed and refused again: check that this service and Keystone trust each other, and that "
            "the user and its project are enabled",
            "le jeton a été renouvelé et refusé de nouveau : vérifier que ce service et Keystone se font confiance, et que "
            "l'utilisateur et son projet sont activés",
        )
    if answer.status == HTTPStatus.FORBIDDEN:
        return say(
            "this access has no right to it: take another one (--cloud, OS_CLOUD), or ask the operator",
            "cet accès n'y a pas droit : en prendre un autre (--cloud, OS_CLOUD), ou le demander à l'exploitant",
        )
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS and not over_quota(answer):
        return say(
            "the service is limiting its rate: run again later, with fewer --workers",
            "le service limite son débit : relancer plus tard, avec moins de --workers",
        )
    return ""


def over_quota(answer: Answer) -> bool:
    """Tell a quota that is used up from a rate limit: both say 413 or 429, only the limit says when to come back."""
    if answer.status not in _LIMIT_OR_QUOTA or (asked_to_wait(answer.headers) or 0) > 0:
        return False
    return answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or b"quota" in answer.content.lower()


def _message(answer: Answer) -> str:
    try:
        said = _find_message(answer.json())
    except ValueError:
        said = ""
    return said or _phrase(answer.status)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


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


def exception(error: Exception, where: str) -> CloudError:
    """Return the error that an exception of keystoneauth stands for; it asks for tokens and versions only, and writes nothing."""
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
        return _unreachable(error, where)
    return CloudError(same(str(error)), where=where)


def lost(error: Exception, method: str, where: str) -> CloudError:
    """Return the error of a request that got no answer, or half of one: an `UnknownOutcome` if it may have written."""
    if method in _READING or unsent(error):
        return _unreachable(error, where)
    return UnknownOutcome(
        say("the answer was lost: {error}", "la réponse s'est perdue : {error}", error=error), where=where
    )


def unsent(error: Exception) -> bool:
    """Tell whether an exception of urllib3 says that nothing was sent."""
    stranger = isinstance(error, http.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error)
    return stranger or isinstance(error, http.ConnectTimeoutError | http.NewConnectionError | http.ProxyError)


def _unreachable(error: Exception, where: str) -> Unreachable:
    causes = tuple(_causes(error))
    asked = next(
        (each.request.url for each in causes if isinstance(each, RequestException) and each.request), None
    )
    why = getattr(causes[-1], "strerror", None) or causes[-1]
    return Unreachable(
        say("no answer from {asked}: {why}", "pas de réponse de {asked} : {why}", asked=asked, why=why)
        if asked
        else say("no answer: {why}", "pas de réponse : {why}", why=why),
        where=where,
        do=say(
            "check that the cloud is up, and that its address and certificate (cacert) are right in clouds.yaml",
            "vérifier que le cloud répond, et que son adresse et son certificat (cacert) sont justes dans clouds.yaml",
        ),
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and what was behind it, down to what the system said: three libraries wrap it."""
    while error is not None:
        yield error
        inner = getattr(error, "reason", None)
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__


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
