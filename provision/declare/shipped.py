"""The profiles that come with `provision`, for who has no estate (yet)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provision.declare.profiles import SHIPPED, Shelf, find, profiles_folder
from provision.errors import DocumentErrors, Mistake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.model.estate import Profile


def shipped() -> Mapping[str, Profile]:
    """Return the shipped profiles by name. Raises `DocumentErrors` when somebody broke one."""
    mistakes: list[Mistake] = []
    drafts = list(find(profiles_folder(), SHIPPED, mistakes, shipped=True))
    built = Shelf(drafts, None, mistakes).all()
    if mistakes:
        raise DocumentErrors(mistakes)
    return {name: each.profile for name, each in built.items()}
