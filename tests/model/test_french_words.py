"""In French one says « locataire »; "tenant" is a key of a document, a placeholder or the name of an argument."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import provision
from provision.declare.shipped import shipped

CODE = Path(provision.__file__).parent
PAGES = CODE.parent / "docs" / "profils"
IN_RUNNING_TEXT = re.compile(r"(?<![{/\w.])[Tt]enants?\b(?!/|\}|\.\w|:\s*\w|!)")


def french(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of everything French in a module: `say`, `Text`, and keys called ``fr``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and called(node) in {"say", "Text"}:
            found = node.args[1:2]
        elif isinstance(node, ast.Dict):
            found = [
                value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and key.value in {"fr", "description_fr"}
            ]
        else:
            continue
        for part in found:
            yield from ((part.lineno, each.value) for each in ast.walk(part) if is_text(each))


def called(node):
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def strays(source):
    return [(line, text) for line, text in french(source) if IN_RUNNING_TEXT.search(text)]


def test_a_stray_word_is_seen_and_a_key_is_not():
    assert strays("say('the tenant', 'le tenant')")
    assert strays("x = {'en': 'tenants', 'fr': 'Des tenants.'}")
    assert not strays("say('x', 'tenants/acme.yaml (tenant: acme), {tenant}, {{ tenant.key }}, TENANT')")


@pytest.mark.parametrize("path", sorted(CODE.rglob("*.py")), ids=lambda path: str(path.relative_to(CODE)))
def test_messages_helps_and_schemas_have_one_word_for_a_tenant(path):
    assert strays(path.read_text(encoding="utf-8")) == []


def test_profiles_have_one_word_for_a_tenant():
    for profile in shipped().values():
        said = [profile.title["fr"], profile.summary["fr"], *(why["fr"] for why in profile.why.values())]
        assert not [words for words in said if IN_RUNNING_TEXT.search(words)]


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda path: path.name)
def test_french_pages_have_one_word_for_a_tenant(page):
    words = re.sub(r"`[^`]*`|\(#[^)]*\)|<a [^>]*>", "", page.read_text(encoding="utf-8"))
    assert "locataire" in words
    assert not IN_RUNNING_TEXT.search(words)
