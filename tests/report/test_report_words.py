from __future__ import annotations

from dataclasses import dataclass

import pytest

from provision.report import words
from provision.report.values import comes_and_goes, show
from provision.text import say


@dataclass(frozen=True)
class Rule:
    port: int
    remote: str = ""


@dataclass(frozen=True)
class Spoken:
    port: int

    def __str__(self):
        return f"to port {self.port}"


@pytest.mark.parametrize(
    ("seconds", "english", "french"),
    [
        (0.04, "0.0 s", "0,0 s"),
        (9.94, "9.9 s", "9,9 s"),
        (42.4, "42 s", "42 s"),
        (125, "2 min 05 s", "2 min 05 s"),
        (3725, "1 h 02 min", "1 h 02 min"),
    ],
)
def test_a_duration_is_said_as_people_say_it(seconds, english, french):
    said = words.duration(seconds)
    assert (said.render("en"), said.render("fr")) == (english, french)


def test_french_counts_zero_in_the_singular_and_english_in_the_plural():
    said = words.counted(0, say("{n} step", "{n} étape"), say("{n} steps", "{n} étapes"))
    assert (said.render("en"), said.render("fr")) == ("0 steps", "0 étape")
    assert words.requests(1).render("en") == "1 request"
    assert words.requests(2).render("fr") == "2 requêtes"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (True, "true"),
        (1.5, "1.5"),
        ("", '""'),
        ("bell\x07", "bell\\x07"),
        (("b", "a"), "[b, a]"),
        (frozenset({"b", "a"}), "[a, b]"),
        ({"k": None}, "{k: –}"),
        (Rule(443), "port=443"),
        (Rule(443, "::/0"), "port=443 remote=::/0"),
        (Spoken(22), "to port 22"),
        (object, "<class 'object'>"),
    ],
)
def test_a_value_is_shown_on_one_line(value, shown):
    assert show(value) == shown


def test_two_collections_are_shown_as_what_comes_and_what_goes():
    assert comes_and_goes(frozenset({Rule(22)}), frozenset({Rule(443), Rule(80)})) == (
        ["port=443", "port=80"],
        ["port=22"],
    )
    assert comes_and_goes(None, ("a",)) == (["a"], [])
