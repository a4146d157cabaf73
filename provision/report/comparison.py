"""Two profiles as two promises side by side: by the questions an auditor asks, each choice told once."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from provision.declare.promises import Side, stricter
from provision.report import glossary, words
from provision.report.phrases import capital, clauses
from provision.report.profile import head
from provision.report.questions import QUESTIONS, Today
from provision.report.statements import HOLDS, TODAY, Statement, statements
from provision.report.topics import CHOICES
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.model.estate import Profile
    from provision.report.look import Look
    from provision.text import Language

_WIDTH: Final = 110
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_SILENT: Final = say("says nothing of it", "n'en dit rien")


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice in which two profiles differ: the statements of each that follow from it (only those that differ)."""

    key: str
    question: str
    label: Text
    a: tuple[Statement, ...]
    b: tuple[Statement, ...]

    @property
    def stricter(self) -> Side | None:
        """Return which side is the stricter in all that can be compared; None where they are not, or point both ways."""
        verdicts = {_stricter(*pair) for pair in self.pairs()} - {None}
        if "opposed" in verdicts:
            return "opposed"
        return verdicts.pop() if len(verdicts) == 1 else None

    @property
    def purpose(self) -> bool:
        """Tell that the choice is one of purpose, where neither side is the stricter."""
        return all(each.topic.purpose for each in (*self.a, *self.b))

    @property
    def both_ways(self) -> bool:
        """Tell that each side is the stricter in something."""
        return {"a", "b"} <= {_stricter(*pair) for pair in self.pairs()}

    @property
    def labelled(self) -> bool:
        """Tell whether each statement must say what it is about: amounts, and choices of several topics."""
        return self.question == "usage" or len(list(self.pairs())) > 1

    @property
    def alike_today(self) -> bool:
        """Tell that both sides say the same words, so that only what holds them differs."""
        return all(
            a is not None and b is not None and a.says.render("en") == b.says.render("en")
            for a, b in self.pairs()
        )

    def pairs(self) -> Iterator[tuple[Statement | None, Statement | None]]:
        """Yield the statements about the same thing, side by side."""
        left, right = _keyed(self.a), _keyed(self.b)
        for key in dict.fromkeys([*left, *right]):
            yield left.get(key), right.get(key)


def _keyed(those: Iterable[Statement]) -> Mapping[tuple[str, str], Statement]:
    return {(each.topic.key, each.name): each for each in those}


def _stricter(a: Statement | None, b: Statement | None) -> Side | None:
    left = {each.path: each for each in (a.promises if a else ())}
    right = {each.path: each for each in (b.promises if b else ())}
    verdicts = {stricter(left.get(path), right.get(path)) for path in (*left, *right)} - {None}
    if "opposed" in verdicts:
        return "opposed"
    return verdicts.pop() if len(verdicts) == 1 else None


def choices(a: Profile, b: Profile) -> list[Choice]:
    """Return the choices in which two profiles differ, in the order of the questions."""
    left, right = _keyed(statements(a)), _keyed(statements(b))
    differ = [key for key in dict.fromkeys([*left, *right]) if not _alike(left.get(key), right.get(key))]
    by_choice: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key in differ:
        found = left.get(key) or right[key]
        by_choice[found.topic.choice or found.topic.key].append(key)
    made = [_choice(key, those, left, right) for key, those in by_choice.items()]
    places = list(QUESTIONS)
    return sorted(made, key=lambda each: places.index(each.question))


def _choice(
    key: str,
    those: Iterable[tuple[str, str]],
    left: Mapping[tuple[str, str], Statement],
    right: Mapping[tuple[str, str], Statement],
) -> Choice:
    listed = list(those)
    ours, theirs = (tuple(side[each] for each in listed if each in side) for side in (left, right))
    first = (*ours, *theirs)[0]
    label = CHOICES.get(key, first.label) if len(listed) > 1 else first.label
    return Choice(key, first.topic.question, label, ours, theirs)


def _alike(a: Statement | None, b: Statement | None) -> bool:
    """Tell whether two profiles promise the same and hold it alike."""
    return a is not None and b is not None and _substance(a) == _substance(b)


def _substance(statement: Statement) -> list[Any]:
    """Return what makes a difference; of what is promised of every entry together, what is said of them."""
    if statement.topic.whole:
        return [statement.says.render("en"), [(floor.direction, floor.bound) for floor in statement.floors]]
    return [
        (each.path, _without_reasons(each.value), [(floor.direction, floor.bound) for floor in each.floors])
        for each in statement.promises
    ]


def _without_reasons(value: object) -> object:
    """Return a value without what its rules say of themselves: a reason promises nothing."""
    if isinstance(value, list):
        return [_without_reasons(each) for each in value]
    return {key: each for key, each in value.items() if key != "reason"} if isinstance(value, dict) else value


def data(a: Profile, b: Profile, language: Language) -> dict[str, Any]:
    """Return a comparison as JSON has it (schema ``profile-diff``)."""
    found = choices(a, b)
    return {
        "a": head(a, language),
        "b": head(b, language),
        "same": not found,
        "questions": [
            {
                "question": question,
                "title": QUESTIONS[question].render(language),
                "choices": [_choice_data(each, a, b, language) for each in those],
            }
            for question, those in groupby(found, key=lambda each: each.question)
        ],
    }


def _choice_data(choice: Choice, a: Profile, b: Profile, language: Language) -> dict[str, Any]:
    return {
        "choice": choice.key,
        "title": choice.label.render(language),
        "stricter": None if choice.purpose else choice.stricter,
        "verdict": verdict(choice, a, b).render(language),
        "a": [_statement_data(each, language) for each in choice.a],
        "b": [_statement_data(each, language) for each in choice.b],
    }


def _statement_data(statement: Statement, language: Language) -> dict[str, Any]:
    return {
        "title": statement.label.render(language),
        "says": statement.says.render(language),
        "hold": statement.hold,
        "held": statement.held().render(language),
        "today": statement.today.value,
        "enforced_by": list(statement.kinds),
        "values": {each.path: each.value for each in statement.promises},
        "origins": [str(each) for each in statement.origins],
    }


def verdict(choice: Choice, a: Profile, b: Profile) -> Text:
    """Return which of two profiles is the stricter in a choice, in words."""
    if choice.purpose:
        return say("two purposes, neither the stricter", "deux buts, aucun n'est le plus strict")
    if choice.both_ways:
        return say("each is the stricter in something", "chacun est le plus strict sur un point")
    if choice.stricter == "opposed":
        return say("each demands what the other forbids", "chacun exige ce que l'autre interdit")
    if choice.stricter:
        return _winner(choice, (a if choice.stricter == "a" else b).name)
    return _undecided(choice, a, b)


def _winner(choice: Choice, name: str) -> Text:
    if choice.alike_today:
        return say(
            "the same today, but only {it} holds it", "pareil aujourd'hui, mais seul {it} y tient", it=name
        )
    return say("stricter: {it}", "le plus strict : {it}", it=name)


def _undecided(choice: Choice, a: Profile, b: Profile) -> Text:
    if not (choice.a and choice.b):
        return say("only {it} speaks of it", "seul {it} en parle", it=(a if choice.a else b).name)
    if choice.question == "usage":
        return say("amounts, no matter of strictness", "des quantités, sans question de sévérité")
    return say("no floor tells which is the stricter", "aucun plancher ne dit lequel est le plus strict")


def text(a: Profile, b: Profile, look: Look) -> str:
    """Return two profiles compared, for a person: by question, what each promises, which is the stricter, what holds today."""
    found = choices(a, b)
    if not found:
        return look.words(_same(a, b)) + "\n"
    blocks = [_opening(found, a, b, look)]
    for question, those in groupby(found, key=lambda each: each.question):
        title = look.words(QUESTIONS[question].render(look.language).upper(), "strong")
        blocks.append("\n\n".join([title, *(_told(each, a, b, look) for each in those)]))
    return "\n\n".join([*blocks, *_words(found, look)]) + "\n"


def _same(a: Profile, b: Profile) -> Text:
    if a.name == b.name:
        return say(
            "{a} is compared with itself: it promises the same.",
            "{a} est comparé à lui-même : il promet la même chose.",
            a=a.name,
        )
    return say("{a} and {b} promise the same.", "{a} et {b} promettent la même chose.", a=a.name, b=b.name)


def _opening(found: list[Choice], a: Profile, b: Profile, look: Look) -> str:
    width = max(len(a.name), len(b.name)) + 2
    lines = []
    for each in (a, b):
        about = f"{each.summary.get(look.language, '')} {look.words(_today(each))}".strip()
        lines += _hung(look.paint("name", each.name.ljust(width)), about, width)
    told = _hung("", look.words(_summary(found, a, b)), 0)
    return "\n".join([*lines, "", *told, "", *_legend(look)])


def _today(profile: Profile) -> Text:
    told = statements(profile)
    return say(
        "Of its {n} promises, {enforced} are enforced today, in whole or in part, and {recorded} only recorded.",
        "De ses {n} promesses, {enforced} sont appliquées aujourd'hui, en tout ou en partie, et {recorded} seulement consignées.",
        n=words.number(len(told)),
        enforced=words.number(sum(each.today is not Today.RECORDED for each in told)),
        recorded=words.number(sum(each.today is Today.RECORDED for each in told)),
    )


def _summary(found: list[Choice], a: Profile, b: Profile) -> Text:
    wins = [sum(_wins(each, side) for each in found) for side in ("a", "b")]
    return say(
        "{n}. {a} is the stricter in {wins_a}, {b} in {wins_b}; the others are purposes, amounts, or nothing that a floor "
        "decides. What is alike is not told; what follows from one choice is told with it.",
        "{n}. {a} est le plus strict sur {wins_a}, {b} sur {wins_b} ; les autres sont affaire de but, de quantité, ou aucun "
        "plancher ne les départage. Ce qui est pareil n'est pas dit ; ce qui découle d'un choix est dit avec lui.",
        n=words.counted(len(found), say("They differ in {n} choice", "Ils diffèrent sur {n} choix"),
                        say("They differ in {n} choices", "Ils diffèrent sur {n} choix")),
        a=a.name, b=b.name, wins_a=words.number(wins[0]), wins_b=words.number(wins[1]),
    )  # fmt: skip


def _wins(choice: Choice, side: str) -> bool:
    return not choice.purpose and choice.stricter == side


def _told(choice: Choice, a: Profile, b: Profile, look: Look) -> str:
    width = max(len(a.name), len(b.name)) + 2
    title = look.paint("strong", plain(capital(choice.label), look))
    lines = [f"  {title} — {look.words(verdict(choice, a, b), 'change')}"]
    for profile, those in ((a, choice.a), (b, choice.b)):
        parts = list(_parts(choice, those, look))
        lines += _hung(f"    {look.paint('name', profile.name.ljust(width))}", parts[0], width + 4)
        for part in parts[1:]:
            lines += _hung(" " * (width + 4), part, width + 4)
    return "\n".join(lines)


def _parts(choice: Choice, those: Iterable[Statement], look: Look) -> Iterator[str]:
    """Yield what one profile says in a choice, a statement a line; amounts that are held alike share one."""
    listed = list(those)
    if not listed:
        yield look.words(_SILENT, "quiet")
    for (status, _), alike in groupby(
        listed, key=lambda each: (_status(each), choice.question == "usage" or each)
    ):
        said = clauses(_clause(each, labelled=choice.labelled) for each in alike)
        yield f"{plain(said, look)} ({look.words(status)})"


def _status(statement: Statement) -> Text:
    held, today = HOLDS[statement.hold], TODAY[statement.today]
    return Text(_tied(f"{held.en}, {today.en}"), _tied(f"{held.fr}, {today.fr}"))


def _tied(said: str) -> str:
    return said.replace(" ", _NO_BREAK)


def plain(said: Text, look: Look) -> str:
    """Return words for a terminal, where names need no marks of code."""
    return look.words(said).replace("`", "")


def _clause(statement: Statement, *, labelled: bool) -> Text:
    if not labelled:
        return statement.says
    return say("{label}: {says}", "{label} : {says}", label=statement.label, says=statement.says)


def _hung(first: str, said: str, indent: int) -> list[str]:
    """Return words wrapped, the lines after the first hung below its words; no line begins with a French colon."""
    tied = said.replace(" :", f"{_NO_BREAK}:").replace(" ;", f"{_NO_BREAK};")
    lines = textwrap.wrap(tied, _WIDTH - indent, break_long_words=False, break_on_hyphens=False) or [""]
    whole = [line.replace(_NO_BREAK, " ") for line in lines]
    return [first + whole[0], *(" " * indent + line for line in whole[1:])]


def _words(found: Iterable[Choice], look: Look) -> Iterator[str]:
    """Yield the words of OpenStack that the promises use, each explained."""
    told = [each for choice in found for each in (*choice.a, *choice.b)]
    said = "\n".join(look.words(_clause(each, labelled=True)) for each in told)
    title = look.words(say("WORDS", "LES MOTS"), "strong")
    lines = [
        line
        for each in glossary.used(said, look.language)
        for line in _hung(
            "  ", look.words(say("{name}: {means}", "{name} : {means}", name=each.name, means=each.means)), 4
        )
    ]
    if lines:
        yield "\n".join([title, *lines])


_LEGEND: Final = (
    say(
        "floor: nobody below may weaken it · bounded: a tenant may say otherwise, as far as a floor allows · "
        "default: a tenant may say otherwise",
        "plancher : nul ne peut l'affaiblir · encadré : un locataire peut dire autrement, aussi loin qu'un plancher le permet · "
        "par défaut : un locataire peut dire autrement",
    ),
    say(
        "enforced: something in the cloud is made to follow it today · "
        "recorded: written and checked in documents, and no more yet",
        "appliqué : quelque chose dans le cloud y est conformé aujourd'hui · "
        "consigné : écrit et vérifié dans les documents, rien de plus encore",
    ),
)


def _legend(look: Look) -> list[str]:
    return [look.paint("quiet", line) for each in _LEGEND for line in _hung("", look.words(each), 0)]
