from __future__ import annotations

from typing import ClassVar

from shelf import BookSpec

from provision.report import kinds as report
from provision.text import say


class Book:
    """A book on a shelf.

    More about it.
    """

    name = "book"
    title = say("book", "livre")
    service = "library"
    spec = BookSpec
    observed_after = ("project",)
    of_estate = False
    by_members = True
    document: ClassVar = {
        "properties": {
            "books": {
                "additionalProperties": {
                    "properties": {
                        "title": {"type": "string", "description": "What it is called"},
                        "copies": {"quota": ""},
                        "weight": {"quota": "GiB"},
                        "size": {"quantity": "MiB"},
                        "loan": {"anyOf": [{"enum": ["yes", "no"]}, {"type": "integer"}]},
                        "tags": {"type": "array", "items": {"type": "string"}},
                        "anything": {},
                        "pool": {
                            "anyOf": [
                                {"type": "object", "properties": {"cidr": {}}},
                                {"const": "none"},
                                {"cidr": 4},
                            ]
                        },
                    }
                }
            }
        }
    }


PAGE = report.markdown([Book()])


def test_a_kind_shows_its_service_its_purpose_and_its_order():
    assert "| [book](#book) | library | book |" in PAGE
    assert (
        "book (livre). Service: `library`. Observed after: `project`. Members of a tenant's project may make it."
        in PAGE
    )
    assert "\nA book on a shelf.\n" in PAGE
    assert "More about it" not in PAGE


def test_fields_show_their_types_and_marks():
    assert "| `shelf` | `str \\| None` | immutable |" in PAGE
    assert "| `readers` | `frozenset[str] \\| None` | exact set |" in PAGE
    assert "| `pin` | `str \\| None` | secret |" in PAGE


def test_document_keys_say_what_they_take():
    for row in (
        "| `books.<name>.title` | string | What it is called |",
        "| `books.<name>.copies` | number, `unlimited`, `default`, `unmanaged` |  |",
        "| `books.<name>.weight` | number of GiB, `unlimited`, `default`, `unmanaged` |  |",
        "| `books.<name>.size` | number of MiB |  |",
        "| `books.<name>.loan` | `yes`, `no`, or integer |  |",
        "| `books.<name>.tags` | list of: string |  |",
        "| `books.<name>.anything` | anything |  |",
        "| `books.<name>.pool` | {`cidr`}, or `none`, or prefix |  |",
    ):
        assert row in PAGE


def test_a_kind_observed_first_and_without_document_says_so():
    class First(Book):
        """Nothing before it."""

        observed_after = ()
        document: ClassVar = {}

    page = report.markdown([First()])
    assert "Observed first." in page
    assert "Key in a tenant's document" not in page
