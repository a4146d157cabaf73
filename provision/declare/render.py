"""Jinja in values: sandboxed, strict about what is undefined, native types.

Only expressions and ``{% if %}`` are understood: no loop, no assignment, no call, no multiplication. What is left
cannot grow beyond its inputs, so a document can neither run code nor exhaust memory. A value that is one expression
keeps the type of its result; any other template gives a string.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from provision.declare.node import Node, plain, with_children
from provision.errors import Mistake
from provision.text import Text, same, say

LONGEST: Final = 2000
_FILTERS: Final = (
    "abs", "capitalize", "default", "d", "first", "int", "join", "last", "length", "list", "lower", "replace",
    "round", "sort", "string", "title", "trim", "truncate", "unique", "upper",
)  # fmt: skip
_UNDERSTOOD: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Expr, nodes.Operand, nodes.Keyword, nodes.Pair,
)  # fmt: skip
_BRACES: Final = re.compile(r"\A\s*\{\{[-+]?|[-+]?\}\}\s*\Z")
_REFUSED: Final = (nodes.Call, nodes.Mul, nodes.Pow, nodes.Mod)


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox without globals, and with the few filters that a name or a sentence needs."""

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in _FILTERS}
        self.filters["replace"] = _replace


def _replace(text: object, old: str, new: str) -> str:
    given = str(text)
    if len(given) * (len(str(new)) + 1) > LONGEST * LONGEST:
        raise SecurityError("replace: too long")
    return given.replace(str(old), str(new))


_ENVIRONMENT: Final = _Environment()


@lru_cache(maxsize=4096)
def _compiled(source: str) -> Any:  # noqa: ANN401 (one of two shapes of Jinja)
    if len(source) > LONGEST:
        raise SecurityError(f"{len(source)} > {LONGEST}")
    tree = _ENVIRONMENT.parse(source)
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _UNDERSTOOD) or isinstance(node, _REFUSED):
            raise SecurityError(type(node).__name__.lower())
    if _is_one_expression(tree):
        expression = _BRACES.sub("", source)
        return _ENVIRONMENT.compile_expression(expression, undefined_to_none=False)
    return _ENVIRONMENT.from_string(source).render


def _is_one_expression(tree: nodes.Template) -> bool:
    body = tree.body
    if len(body) != 1 or not isinstance(body[0], nodes.Output):
        return False
    return len(body[0].nodes) == 1 and not isinstance(body[0].nodes[0], nodes.TemplateData)


def evaluate(source: str, context: Mapping[str, Any]) -> Any:  # noqa: ANN401 (a YAML value)
    """Return what a template says in a context. Raises `jinja2.TemplateError`."""
    result = _compiled(source)(**context)
    if isinstance(result, StrictUndefined):
        str(result)
    if not _is_plain(result):
        raise SecurityError(type(result).__name__)
    return result


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    return value is None or type(value) in (str, int, float, bool)


def render(node: Node, context: Mapping[str, Any], mistakes: list[Mistake]) -> Node:
    """Return a tree with its templates filled in; what has none is returned as it is, the very same object.

    A template that fails stays as written, and its mistake is added to `mistakes`.
    """
    if not node.template:
        return node
    if node.children:
        return with_children(
            node, {key: render(child, context, mistakes) for key, child in node.children.items()}
        )
    try:
        result = evaluate(node.value, context)
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        mistakes.append(Mistake(node.origin.file, node.origin.line, *_said(error)))
        return node
    return plain(result, node.origin, node.layer, node.below)


def _said(error: Exception) -> tuple[Text, Text]:
    why = same(str(error))
    if isinstance(error, UndefinedError):
        return (
            say(
                "the template asks for something unknown: {why}",
                "le modèle demande l'inconnu : {why}",
                why=why,
            ),
            say(
                "give it a value, or write {known}",
                "lui donner une valeur, ou écrire {known}",
                known="{{ … | default('…') }}",
            ),
        )
    if isinstance(error, SecurityError):
        return (
            say(
                "the template may not use this: {why}", "le modèle ne peut pas employer ceci : {why}", why=why
            ),
            say(
                "use expressions, filters and if only",
                "n'employer que des expressions, des filtres et if",
            ),
        )
    return (
        say("the template cannot be read: {why}", "le modèle est illisible : {why}", why=why),
        say("check its brackets and quotes", "vérifier ses accolades et ses guillemets"),
    )
