"""Profiles, for the people who review them and for programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from provision.declare.floors import matches
from provision.declare.promises import Promise, promises
from provision.report import words
from provision.report.values import show
from provision.text import say

if TYPE_CHECKING:
    from provision.model.estate import Floor, Profile
    from provision.report.look import Look
    from provision.text import Language

DIRECTIONS: Final = {
    "at_least": say("at least", "au moins"),
    "at_most": say("at most", "au plus"),
    "exactly": say("exactly", "exactement"),
    "contains": say("contains", "contient"),
    "one_of": say("one of", "parmi"),
}
_ENFORCED, _RECORDED = "●", "○"


def listing_data(profiles: Iterable[Profile], language: Language) -> list[dict[str, Any]]:
    """Return profiles as JSON has them (schema ``profile-list``)."""
    return [head(profile, language) for profile in profiles]


def head(profile: Profile, language: Language) -> dict[str, Any]:
    """Return what tells a profile from another, as JSON has it."""
    return {
        "name": profile.name,
        "title": profile.title[language],
        "version": profile.version,
        "extends": profile.extends,
        "assignable": profile.assignable,
    }


def listing_text(profiles: Iterable[Profile], look: Look) -> str:
    """Return one line a profile."""
    listed = list(profiles)
    width = max((len(each.name) for each in listed), default=0)
    titles = max((len(each.title[look.language]) for each in listed), default=0)
    return "".join(_listed(each, width, titles, look) for each in listed)


def _listed(profile: Profile, width: int, titles: int, look: Look) -> str:
    name = look.paint("strong", profile.name.ljust(width))
    note = (
        say("extends {parent}", "étend {parent}", parent=profile.extends) if profile.extends else say("", "")
    )
    floor = say(
        "a floor for others: no tenant can take it",
        "un plancher pour les autres : aucun locataire ne le prend",
    )
    said = look.words(note if profile.assignable else floor, "quiet")
    return f"{name}  {profile.title[look.language].ljust(titles)}  {profile.version}  {said}".rstrip() + "\n"


def data(profile: Profile, language: Language) -> dict[str, Any]:
    """Return a whole profile as JSON has it (schema ``profile-show``)."""
    return {
        **head(profile, language),
        "summary": profile.summary.get(language, ""),
        "floors": [
            {
                "path": each.path,
                "direction": each.direction,
                "bound": each.bound,
                "profile": each.profile,
                "origin": str(each.origin),
            }
            for each in profile.floors
        ],
        "values": [
            {
                "path": each.path,
                "value": each.value,
                "origin": str(each.origin),
                "enforced_by": list(each.kinds),
                "why": each.why.get(language) or None,
            }
            for each in promises(profile)
        ],
    }


def text(profile: Profile, look: Look) -> str:
    """Return a profile to be read: what it is for, what nobody may weaken, each section, what is enforced and what is not."""
    found = promises(profile)
    blocks = [
        _title(profile, look),
        *_floors(profile.floors, look),
        *_sections(profile, found, look),
        _legend(found, look),
    ]
    return "\n\n".join(blocks) + "\n"


def _title(profile: Profile, look: Look) -> str:
    head = f"{look.paint('strong', profile.name)} {profile.version}: {profile.title[look.language]}"
    extends = say("extends {parent}", "étend {parent}", parent=profile.extends)
    lines = [
        head,
        profile.summary.get(look.language, ""),
        look.words(extends, "quiet") if profile.extends else "",
    ]
    return "\n".join(line for line in lines if line)


def _floors(floors: Iterable[Floor], look: Look) -> Iterator[str]:
    rows = [
        (each.path, f"{look.words(DIRECTIONS[each.direction])} {show(each.bound)}", str(each.origin))
        for each in floors
    ]
    if not rows:
        return
    head = say(
        "Floors: what no tenant and no profile below may weaken",
        "Planchers : ce que ni locataire ni profil ne peut affaiblir",
    )
    paths, bounds = max(len(row[0]) for row in rows), max(len(row[1]) for row in rows)
    lines = [
        f"  {path.ljust(paths)}  {bound.ljust(bounds)}  {look.paint('quiet', f'({origin})')}"
        for path, bound, origin in rows
    ]
    yield "\n".join([look.words(head, "strong"), *lines])


def _sections(profile: Profile, found: Iterable[Promise], look: Look) -> Iterator[str]:
    by_section: dict[str, list[Promise]] = defaultdict(list)
    for each in found:
        by_section[each.path.split(".")[0]].append(each)
    for section, those in by_section.items():
        width = max(len(each.path) for each in those)
        whys = _broad(profile, section, those, look)
        yield "\n".join(
            [
                look.paint("strong", section),
                *whys,
                *(line for each in those for line in _promise(each, width, look)),
            ]
        )


def _broad(profile: Profile, section: str, those: Iterable[Promise], look: Look) -> list[str]:
    """Return the reasons given for a whole group of values of a section."""
    exact = {each.path for each in those}
    return [
        f"  {look.paint('quiet', f'{path}: {reason[look.language]}')}"
        for path, reason in profile.why.items()
        if path.split(".")[0] == section and not any(matches(path, each) for each in exact)
    ]


def _promise(promise: Promise, width: int, look: Look) -> Iterator[str]:
    mark = look.paint("good", _ENFORCED) if promise.kinds else look.paint("quiet", _RECORDED)
    aside = [*promise.kinds, *([str(promise.origin)] if look.verbose else [])]
    listed = ", ".join(aside)
    note = f"  {look.paint('quiet', f'({listed})')}" if aside else ""
    yield f"  {mark} {promise.path.ljust(width)}  {show(promise.value)}{note}"
    if promise.why:
        yield f"      {look.paint('name', promise.why[look.language])}"


def _legend(found: list[Promise], look: Look) -> str:
    carried = sum(bool(each.kinds) for each in found)
    return look.words(
        say(
            "{on} carried into the cloud by what is named beside it: {enforced}\n"
            "{off} recorded (checked in documents, shown), enforced by nothing yet: {recorded}",
            "{on} porté dans le cloud par ce qui est nommé à côté : {enforced}\n"
            "{off} consigné (vérifié dans les documents, montré), appliqué par rien encore : {recorded}",
            on=_ENFORCED,
            off=_RECORDED,
            enforced=words.number(carried),
            recorded=words.number(len(found) - carried),
        )
    )
