"""One attribute mapping of Keystone's for an estate: made of what tenants ask for, and read back into it.

The first rule tells who somebody is; each of the others lets into groups, by name, and by nothing but a list of names
(a rule that says less would let a provider name any group of the cloud, the operator's own too):

* one for each domain, however many tenants share it: a regular expression that matches those names and no other,
  with what they have in common written once, because Keystone keeps a mapping in a column of 64 KiB;
* one for each name that Keystone cannot take in a list (it takes a list in which "name" appears for JSON).

Every rule asks for every attribute that tells a person: whoever lacks one matches nothing, and is not let in.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Any, Final

Rule = dict[str, Any]
MOST_BYTES: Final = 65_535  # of a TEXT column of MySQL
UNSENDABLE: Final = frozenset(
    ";{}@\n"
)  # in names: what Keystone's engine takes for something else, and our @
SCHEMA_VERSION: Final = (
    "1.0"  # a person lives in the provider's domain; from 2.0 on, in that of the last rule that matched
)
_TAKEN_FOR_JSON: Final = "name"
_SPECIAL: Final = frozenset(r"\.^$*+?[]|()")
_MOST_NAMES: Final = 200_000  # that an expression found in a cloud may stand for


@dataclass(frozen=True, order=True, slots=True)
class Admission:
    """A group that an identity provider may put people into, where it stands."""

    domain: str
    group: str

    def __str__(self) -> str:
        """Return ``group@domain``."""
        return f"{self.group}@{self.domain}"

    @classmethod
    def parse(cls, text: str) -> Admission:
        """Read ``group@domain``; no name holds another @ (see `UNSENDABLE`)."""
        group, _, domain = text.rpartition("@")
        return cls(domain, group)


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the web server calls what an identity provider says of a person; `email` may be empty."""

    id: str
    name: str
    groups: str
    email: str = ""

    @property
    def person(self) -> tuple[str, ...]:
        """Return those that tell who it is, in the order in which rules name them."""
        return (self.id, self.name, *([self.email] if self.email else []))


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a mapping says; `others` are the rules that are not of our making, as JSON."""

    attributes: Attributes | None
    admissions: frozenset[Admission]
    others: frozenset[str] = frozenset()


def rules(attributes: Attributes, admissions: Iterable[Admission]) -> list[Rule]:
    """Return the rules of a mapping; the same for the same admissions, in whatever order they come."""
    ordered = sorted(set(admissions))
    alone = [each for each in ordered if _TAKEN_FOR_JSON in each.group]
    listed = [each for each in ordered if _TAKEN_FOR_JSON not in each.group]
    return [
        _person(attributes),
        *(
            _listed(attributes, domain, [each.group for each in those])
            for domain, those in groupby(listed, key=lambda each: each.domain)
        ),
        *(_alone(attributes, each) for each in alone),
    ]


def size(made: Sequence[Rule]) -> int:
    """Return how many bytes Keystone keeps of a mapping (as JSON within JSON: it encodes rules twice)."""
    return len(json.dumps(json.dumps(made)))


def read(found: Iterable[Mapping[str, Any]]) -> Mapped:
    """Return what the rules of a mapping say, ours or not."""
    first, *rest = found
    attributes = _attributes(first)
    if attributes is None:
        return Mapped(None, frozenset(), frozenset(map(_text, (first, *rest))))
    admissions: set[Admission] = set()
    others: set[str] = set()
    for each in rest:
        admitted = _admitted(attributes, each)
        if admitted is None:
            others.add(_text(each))
        else:
            admissions |= admitted
    return Mapped(attributes, frozenset(admissions), frozenset(others))


def _text(rule: Mapping[str, Any]) -> str:
    return json.dumps(rule, sort_keys=True, separators=(",", ":"))


# --- rules


def _person(attributes: Attributes) -> Rule:
    user = {"id": "{0}", "name": "{1}", **({"email": "{2}"} if attributes.email else {})}
    return {"local": [{"user": user}], "remote": [*_told(attributes), {"type": attributes.groups}]}


def _told(attributes: Attributes) -> list[Rule]:
    """Return what every rule asks for: who somebody is, and not by an id that says nothing (Keystone would take the name)."""
    first, *rest = attributes.person
    return [{"type": first}, {"type": first, "not_any_of": [""]}, *({"type": each} for each in rest)]


def _listed(attributes: Attributes, domain: str, names: Sequence[str]) -> Rule:
    only = {"type": attributes.groups, "regex": True, "whitelist": patterns(names)}
    local = {"groups": f"{{{len(attributes.person)}}}", "domain": {"name": domain}}
    return {"local": [local], "remote": [*_told(attributes), only]}


def _alone(attributes: Attributes, admission: Admission) -> Rule:
    only = {"type": attributes.groups, "any_one_of": [admission.group]}
    local = {"group": {"name": admission.group, "domain": {"name": admission.domain}}}
    return {"local": [local], "remote": [*_told(attributes), only]}


def _attributes(first: Mapping[str, Any]) -> Attributes | None:
    """Return the attributes of a mapping whose first rule is one of ours, None for another's."""
    try:
        identifier, _, name, *email, groups = [each["type"] for each in first["remote"]]
        found = Attributes(identifier, name, groups, "".join(email))
    except (KeyError, ValueError, TypeError):
        return None
    return found if first == _person(found) else None


def _admitted(attributes: Attributes, rule: Mapping[str, Any]) -> set[Admission] | None:
    """Return whom a rule lets in where it is one of ours, None for another's."""
    try:
        local, only = rule["local"][0], rule["remote"][-1]
        if "group" in local:
            admitted = {Admission(local["group"]["domain"]["name"], only["any_one_of"][0])}
            return admitted if rule == _alone(attributes, *admitted) else None
        domain, names = local["domain"]["name"], matched(only["whitelist"])
    except (KeyError, IndexError, TypeError):
        return None
    if names is None or rule != _listed(attributes, domain, sorted(names)):
        return None
    return {Admission(domain, name) for name in names}


# --- regular expressions


def patterns(names: Iterable[str]) -> list[str]:
    r"""Return the fewest expressions of this form that match these names and nothing else.

    ``acme-admins acme-readers bakery-admins bakery-readers`` becomes ``\A(?:acme|bakery)-(?:admins|readers)\Z``.
    """
    endings: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in sorted(set(names)):
        head, hyphen, end = name.rpartition("-")
        endings[head, hyphen].append(end)
    heads: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (head, hyphen), ends in sorted(endings.items()):
        heads[hyphen, tuple(ends)].append(head)
    return sorted(rf"\A{_tree(those)}{hyphen}{_tree(ends)}\Z" for (hyphen, ends), those in heads.items())


def _tree(words: Sequence[str]) -> str:
    """Return an expression that matches sorted words; what several begin with is written once."""
    if len(words) == 1:
        return _literal(words[0])
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(words[0], words[-1], strict=False))
    common = "".join(letter for letter, _ in alike)
    rest = [word.removeprefix(common) for word in words]
    branches = [_tree(list(those)) for _, those in groupby(rest, key=lambda word: word[:1])]
    return f"{_literal(common)}(?:{'|'.join(branches)})"


def _literal(word: str) -> str:
    return "".join(f"\\{each}" if each in _SPECIAL else each for each in word)


def matched(expressions: Iterable[str]) -> frozenset[str] | None:
    """Return the names that expressions of this form match; None for another form, or for too many names."""
    names: set[str] = set()
    for each in expressions:
        if not (each.startswith("\\A") and each.endswith("\\Z")):
            return None
        found = _Reading(each[2:-2]).all()
        if found is None:
            return None
        names |= found
    return frozenset(names)


class _Reading:
    """Reads an expression of ours back: letters, escaped letters, and ``(?:a|b)``."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def all(self) -> set[str] | None:
        """Return the words of the whole expression."""
        try:
            found = self._sequence()
        except (IndexError, ValueError, RecursionError):
            return None
        return found if self._at == len(self._text) else None

    def _sequence(self) -> set[str]:
        words = {""}
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            following = self._one()
            words = {left + right for left in words for right in following}
            if len(words) > _MOST_NAMES:
                raise ValueError(len(words))
        return words

    def _one(self) -> set[str]:
        each = self._text[self._at]
        if self._text.startswith("(?:", self._at):
            self._at += 3
            return self._alternatives()
        if each == "\\":
            self._at += 1
            each = self._text[self._at]
            if each not in _SPECIAL:
                raise ValueError(each)
        elif each in _SPECIAL:
            raise ValueError(each)
        self._at += 1
        return {each}

    def _alternatives(self) -> set[str]:
        words = self._sequence()
        while self._text[self._at] == "|":
            self._at += 1
            words |= self._sequence()
        if self._text[self._at] != ")":
            raise ValueError(self._at)
        self._at += 1
        return words
