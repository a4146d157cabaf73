"""The profiles and tenants that a command may name, and what is said of a name that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provision.cli import settings
from provision.cli.shape import did_you_mean
from provision.errors import UsageError
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provision.model.estate import Profile
    from provision.model.tenant import Tenant
    from provision.text import Text


def everything() -> tuple[Mapping[str, Profile], Mapping[str, Tenant]]:
    """Return the profiles and the tenants of the estate; without one, the shipped profiles and no tenant."""
    folder = settings.told().estate_if_any
    if folder is None:
        from provision.declare.shipped import shipped  # noqa: PLC0415 (help needs none of it)

        return shipped(), {}
    from provision import declare  # noqa: PLC0415

    estate = declare.load(folder)
    return estate.profiles, estate.tenants


def profile(name: str, profiles: Mapping[str, Profile]) -> Profile:
    """Return a profile by name. Raises `UsageError` with the nearest name."""
    found = profiles.get(name)
    if found is None:
        nobody = say("there is no profile {name!r}", "il n'y a pas de profil {name!r}", name=name)
        raise unknown(nobody, name, profiles)
    return found


def unknown(what: Text, word: str, names: Iterable[str]) -> UsageError:
    """Return the error for a name that nobody knows, with the nearest one, or with all."""
    listed = list(names)
    all_of_them = say("known: {known}", "connus : {known}", known=", ".join(sorted(listed)))
    return UsageError(what, do=did_you_mean(word, listed) or all_of_them)
