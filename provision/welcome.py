"""Hand the first sign-in of an account over, once: to an account that is there as its documents want it, and to no other."""

from __future__ import annotations

import difflib
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import provision.resources  # noqa: F401 (importing it registers every kind)
from provision.cloud import sheet
from provision.cloud.first_sign_in import hand_over, handed_over, take_back
from provision.errors import ProvisionError, Refused, UsageError
from provision.kind import kinds
from provision.model.address import Address
from provision.model.sign_in import ANY_METHOD, HandedOver
from provision.observe.survey import survey
from provision.plan.compare import differences
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from provision.cloud.connect import Cloud
    from provision.model.resource import Desired, Live
    from provision.model.tenant import Tenant

_KIND: Final = "user"
_LOOKED_AT: Final = ("domain", "project", "group", _KIND)


def welcome(  # noqa: PLR0913 (whom, how, and where it is written down)
    cloud: Cloud,
    tenant: Tenant,
    account: str,
    path: Path,
    *,
    again: str | None,
    note: Callable[[HandedOver], None],
) -> HandedOver:
    """Give an account of a tenant's documents what opens it, write that into a file, and `note` that it was done.

    `again` is why it is done another time. Raises `UsageError` for an account that no document names or a file that
    cannot be written, `Refused` for one that is not as documents want it, or that was handed over already. Whatever goes
    wrong on the way, nothing opens the account then and no file is left.
    """
    want = _wanted(tenant, account)
    have = _there(cloud, want)
    if not again and handed_over(cloud, have.raw):
        raise _already(want)
    several = ANY_METHOD not in have.spec.sign_in
    sheet.room_for(path)
    with cloud.writing():
        first = hand_over(cloud, have.id, several=several, now=datetime.now(UTC))
        done = HandedOver(tenant.key, account, path, several, first.must_change, again or None)
        try:
            sheet.write(cloud, path, have.raw, cloud.ids.of(_project(tenant)), first)
            note(done)
        except BaseException:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            take_back(cloud, have.id)
            raise
    return done


def _project(tenant: Tenant) -> Address:
    return Address("project", tenant.key, tenant.key)


def _wanted(tenant: Tenant, account: str) -> Desired[Any]:
    """Return what documents want of an account that is to open."""
    named = {want.address.name: want for want in kinds()[_KIND].desire(tenant)}
    want = named.get(account)
    if want is None:
        close = difflib.get_close_matches(account, named, 1)
        raise UsageError(
            say(
                "no document of {tenant} names the account {account!r}",
                "aucun document de {tenant} ne nomme le compte {account!r}",
                tenant=tenant.key,
                account=account,
            ),
            where=str(tenant.values.origin("identity.accounts")),
            do=say("did you mean {close}?", "vouliez-vous dire {close} ?", close=close[0])
            if close
            else say("write it into identity.accounts", "l'écrire dans identity.accounts"),
        )
    if want.retired or not want.spec.enabled:
        raise Refused(
            say("the documents close this account", "les documents ferment ce compte"),
            where=str(want.where("enabled")),
        )
    return want


def _there(cloud: Cloud, want: Desired[Any]) -> Live[Any]:
    """Return the account, as documents want it. Raises `Refused` for one that is not there, or is something else."""
    known = kinds()
    found = survey(cloud, {name: known[name] for name in _LOOKED_AT}, frozenset({want.address.tenant}))
    ours = [live for live in found if live.address == want.address and live.owned]
    kind = known[_KIND]
    differing = differences(kind, kind.resolve(cloud, want), ours[0]) if ours else ()
    if ours and not differing:
        return ours[0]
    raise Refused(
        say(
            "the account differs from the documents in {fields}",
            "le compte diffère des documents : {fields}",
            fields=", ".join(each.field for each in differing),
        )
        if ours
        else say("the account is not there yet", "le compte n'existe pas encore"),
        where=str(want.address),
        do=say("run provision apply first", "lancer d'abord provision apply"),
    )


def _already(want: Desired[Any]) -> ProvisionError:
    return Refused(
        say(
            "the first sign-in of this account was handed over already",
            "la première connexion de ce compte a déjà été remise",
        ),
        where=str(want.address),
        do=say(
            "to do so once more, which ends the former password and second factor, say why: --again REASON",
            "pour la remettre encore, ce qui met fin aux anciens mot de passe et second facteur, dire pourquoi : --again MOTIF",
        ),
    )
