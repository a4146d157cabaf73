"""The promises of a profile as statements in plain words: what is said, what holds it, what carries it out today, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provision.declare.promises import PLAN, Hold, Promise, promises
from provision.kind import kinds
from provision.report import phrases, topics
from provision.report.phrases import clauses
from provision.report.questions import QUESTIONS, Today
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.model.estate import Floor, Profile
    from provision.model.origin import Origin
    from provision.report.topics import Topic
    from provision.text import Language

_NO_PROMISE: Final = "description"  # of an entry: words for people, in the language of who wrote them


TODAY: Final = {
    Today.ENFORCED: say("enforced", "appliqué"),
    Today.PARTLY: say("enforced in part", "appliqué en partie"),
    Today.RECORDED: say("recorded", "consigné"),
}
HOLDS: Final[Mapping[Hold, Text]] = {
    "floor": say("floor", "plancher"),
    "bounded": say("bounded", "encadré"),
    "default": say("default", "par défaut"),
}
_BOUNDS: Final = {
    "at_least": say("never less than {it}", "jamais moins de {it}"),
    "at_most": say("never more than {it}", "jamais plus de {it}"),
    "exactly": say("nobody may change it", "nul ne peut le changer"),
    "contains": say("may grow, never lack {it}", "peut s'allonger, jamais perdre {it}"),
    "one_of": say("only among {it}", "seulement parmi {it}"),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a profile promises: the topic, the promises that it rests on, and its reasons by language."""

    topic: Topic
    name: str
    promises: tuple[Promise, ...]
    why: tuple[Mapping[str, str], ...] = ()

    @property
    def label(self) -> Text:
        """Return what it is about."""
        return topics.called(self.topic, self.name).label

    @property
    def says(self) -> Text:
        """Return what is promised, in plain words."""
        if all(each.value is None for each in self.promises):
            return phrases.NOBODY_CHOSE
        return self.topic.phrase(self.facts)

    @property
    def facts(self) -> Mapping[str, Any]:
        """Return its values by path, below the entry."""
        below = self.topic.entry
        return {".".join(each.path.split(".")[below:]): each.value for each in self.promises}

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the paths that it rests on."""
        return tuple(each.path for each in self.promises)

    @property
    def floors(self) -> tuple[Floor, ...]:
        """Return what holds it, each floor once."""
        found: list[Floor] = []
        for each in self.promises:
            found += [floor for floor in each.floors if floor not in found]
        return tuple(found)

    @property
    def hold(self) -> Hold:
        """Tell whether floors hold all of it, some of it or bound it, or none."""
        holds = {each.hold for each in self.promises}
        return holds.pop() if len(holds) == 1 else "bounded"

    @property
    def today(self) -> Today:
        """Tell whether all, some or none of it is carried into the cloud."""
        carried = [bool(each.kinds) for each in self.promises]
        return Today.ENFORCED if all(carried) else Today.PARTLY if any(carried) else Today.RECORDED

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return what carries it, each once."""
        return tuple(dict.fromkeys(kind for each in self.promises for kind in each.kinds))

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Return where it was written, each place once."""
        return tuple(dict.fromkeys(each.origin for each in self.promises))

    def reasons(self, language: Language) -> list[str]:
        """Return why it is promised."""
        return list(dict.fromkeys(each[language] for each in self.why if each.get(language)))

    def held(self) -> Text:
        """Return who may change it: the floors in words, or that a tenant may say otherwise."""
        if not self.floors:
            return say("default: the tenant", "par défaut : le locataire")
        words = HOLDS[self.hold]
        return say(
            f"{words.en}: {{it}}",
            f"{words.fr} : {{it}}",
            it=clauses(self._bound(each) for each in self.floors),
        )

    def _bound(self, floor: Floor) -> Text:
        words = _BOUNDS[floor.direction]
        return say(words.en, words.fr, it=self.topic.bound(floor.bound))


def carriers(names: Iterable[str]) -> Text:
    """Return kinds of resource by what people call them."""
    known = kinds()
    plan = say("the plan, which refuses to begin without", "le plan, qui refuse de commencer sans")
    return phrases.joined(
        plan if name == PLAN else known[name].title if name in known else same(name) for name in names
    )


def statements(profile: Profile) -> list[Statement]:
    """Return what a profile promises, by topic in the order of the questions that an auditor asks."""
    by_topic: dict[tuple[int, str, str], list[Promise]] = defaultdict(list)
    about: dict[str, Topic] = {}
    for each in promises(profile):
        found = topics.topic(each.path)
        parts = each.path.split(".")
        if found.entry and parts[-1] == _NO_PROMISE:
            continue
        about[found.key] = found
        name = parts[found.entry - 1] if found.entry else ""
        by_topic[(topics.order(found.key), found.key, name)].append(each)
    listed = [
        Statement(about[key], name, tuple(those), _whys(profile, about[key], name, those))
        for (_, key, name), those in sorted(by_topic.items(), key=lambda item: item[0][0])
    ]
    places = list(QUESTIONS)
    return sorted(listed, key=lambda each: places.index(each.topic.question))


def _whys(
    profile: Profile, topic: Topic, name: str, those: Iterable[Promise]
) -> tuple[Mapping[str, str], ...]:
    """Return the reasons given for the values, and that given for the entry they make up."""
    whole = [profile.why.get(topic.key.replace("*", name), {})] if name else []
    return tuple(each for each in [*whole, *(one.why for one in those)] if each)
