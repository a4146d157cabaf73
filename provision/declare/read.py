"""A YAML file into nodes: plain values, each with the line it stands on, and every mistake in bilingual words.

Built from the parser's events, so that a hostile file (deep nesting, aliases that multiply, a huge scalar) is
refused while it is read. Scalars follow the YAML 1.2 core schema: ``no`` and ``2026-11-01`` are words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from provision.declare.node import Layer, Node, mapping, scalar, sequence
from provision.errors import Mistake
from provision.model.origin import Origin
from provision.text import Text, say

MAX_BYTES: Final = 1_048_576
MAX_DEPTH: Final = 40
MAX_VALUES: Final = 100_000
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBERS: Final[tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...]] = (
    (re.compile(r"[-+]?[0-9]{1,18}"), int),
    (re.compile(r"0o[0-7]{1,20}"), lambda text: int(text, 8)),
    (re.compile(r"0x[0-9a-fA-F]{1,15}"), lambda text: int(text, 16)),
    (re.compile(r"[-+]?(\.[0-9]{1,30}|[0-9]{1,30}\.[0-9]{0,30})([eE][-+]?[0-9]{1,4})?"), float),
    (re.compile(r"[-+]?[0-9]{1,30}[eE][-+]?[0-9]{1,4}"), float),
)
_TAG: Final = "tag:yaml.org,2002:"
_TAGS: Final = frozenset(_TAG + word for word in ("str", "int", "float", "bool", "null", "map", "seq"))


class _Fatal(Exception):
    def __init__(self, line: int, what: Text, do: Text) -> None:
        super().__init__(str(what))
        self.line, self.what, self.do = line, what, do


def read(path: Path, file: str, layer: Layer) -> tuple[Node | None, list[Mistake]]:
    """Read one document; `file` is what messages call it.

    Returns its root (a mapping), or None when it cannot be used at all, and the mistakes found. Never raises.
    """
    builder = _Builder(file, layer)
    try:
        root = builder.build(_text(path))
    except _Fatal as fatal:
        return None, [*builder.mistakes, Mistake(file, fatal.line, fatal.what, fatal.do)]
    if not root.is_mapping:
        return None, [Mistake(file, root.origin.line, _NOT_A_MAPPING, _KEYS)]
    return root, builder.mistakes


_NOT_A_MAPPING: Final = say(
    "the document is not a mapping of keys to values",
    "le document n'est pas une table de clés et de valeurs",
)
_KEYS: Final = say("write it as lines of key: value", "l'écrire en lignes clé: valeur")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _Fatal(
                1,
                say(
                    "the file is larger than {limit} bytes",
                    "le fichier dépasse {limit} octets",
                    limit=MAX_BYTES,
                ),
                say("split it", "le découper"),
            )
        data = path.read_bytes() if path.is_file() else b""
    except OSError as error:
        raise _Fatal(
            1,
            say(
                "the file cannot be read: {why}",
                "le fichier ne peut pas être lu : {why}",
                why=error.strerror,
            ),
            say("check that it exists and its permissions", "vérifier qu'il existe et ses droits d'accès"),
        ) from error
    return _decoded(data)


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Fatal(
            data.count(b"\n", 0, error.start) + 1,
            say("this line is not UTF-8 text", "cette ligne n'est pas du texte UTF-8"),
            say("save the file as UTF-8", "enregistrer le fichier en UTF-8"),
        ) from error
    if found := _UNPRINTABLE.search(text):
        raise _Fatal(
            text.count("\n", 0, found.start()) + 1,
            say(
                "there is a control character (U+{code:04X}) on this line",
                "il y a un caractère de contrôle (U+{code:04X}) sur cette ligne",
                code=ord(found[0]),
            ),
            say("remove it", "le supprimer"),
        )
    return text


@dataclass(slots=True)
class _Open:
    """A mapping or list being read; `key` is the one that waits for its value, with its line."""

    line: int
    anchor: str | None
    is_mapping: bool
    entries: dict[str, Node] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    key: tuple[str, int] | None = None
    weight: int = 1


class _Builder:
    """Nodes out of events, one document at a time."""

    def __init__(self, file: str, layer: Layer) -> None:
        self.file, self.layer = file, layer
        self.mistakes: list[Mistake] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._root: Node | None = None
        self._documents = 0

    def build(self, text: str) -> Node:
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                self._feed(event)
        except yaml.YAMLError as error:
            raise _syntax(error) from error
        if self._root is None:
            raise _Fatal(1, say("the document is empty", "le document est vide"), _KEYS)
        return self._root

    def _feed(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case yaml.ScalarEvent():
                self._scalar(event, line)
            case yaml.CollectionStartEvent():
                self._start(event, line)
            case yaml.CollectionEndEvent():
                self._end()
            case yaml.AliasEvent():
                self._alias(event, line)
            case yaml.DocumentStartEvent():
                self._document(line)

    def _document(self, line: int) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _Fatal(
                line,
                say("a second document begins here", "un second document commence ici"),
                say("keep one document a file", "garder un document par fichier"),
            )

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        self._refuse_tag(event.tag, line)
        if self._key_expected():
            self._begin_entry(event.value, line)
            return
        bare = event.implicit[0] and event.tag is None
        explicit = event.tag is not None and event.tag not in ("!", f"{_TAG}str")
        value = _value(event.value) if bare or explicit else event.value
        self._add(scalar(value, self._origin(line), self.layer), 1, event.anchor)

    def _start(self, event: yaml.CollectionStartEvent, line: int) -> None:
        self._refuse_tag(event.tag, line)
        if self._key_expected():
            raise _Fatal(
                line,
                say("a key must be a word", "une clé doit être un mot"),
                say(
                    "quote the value if it begins with [ or {{",
                    "mettre la valeur entre guillemets si elle commence par [ ou {{",
                ),
            )
        if len(self._open) >= MAX_DEPTH:
            raise _too_much(line)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._open.append(_Open(self._origin(line).line, event.anchor, is_mapping))

    def _end(self) -> None:
        done = self._open.pop()
        origin = Origin(self.file, done.line)
        node = (
            mapping(done.entries, origin, self.layer)
            if done.is_mapping
            else sequence(done.items, origin, self.layer)
        )
        self._add(node, done.weight, done.anchor)

    def _alias(self, event: yaml.AliasEvent, line: int) -> None:
        found = self._anchors.get(event.anchor or "")
        if found is None or self._key_expected():
            raise _Fatal(
                line,
                say(
                    "*{name} refers to nothing written before it",
                    "*{name} ne renvoie à rien d'écrit avant",
                    name=event.anchor,
                ),
                say("define it above with &{name}", "le définir plus haut avec &{name}", name=event.anchor),
            )
        self._add(*found, None)

    def _add(self, node: Node, weight: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, weight)
        if not self._open:
            self._root = node
            return
        top = self._open[-1]
        top.weight += weight
        if top.weight > MAX_VALUES:
            raise _too_much(node.origin.line)
        if top.key is None:
            top.items.append(node)
        else:
            top.entries.setdefault(top.key[0], node)
            top.key = None

    def _key_expected(self) -> bool:
        return bool(self._open) and self._open[-1].is_mapping and self._open[-1].key is None

    def _begin_entry(self, key: str, line: int) -> None:
        top = self._open[-1]
        if key in top.entries:
            self.mistakes.append(
                Mistake(
                    self.file,
                    line,
                    say(
                        "the key {key!r} is given twice; first on line {first}",
                        "la clé {key!r} est donnée deux fois ; d'abord ligne {first}",
                        key=key,
                        first=top.entries[key].origin.line,
                    ),
                    say("keep one of them", "n'en garder qu'une"),
                )
            )
        top.key = (key, line)

    def _origin(self, line: int) -> Origin:
        key = self._open[-1].key if self._open else None
        return Origin(self.file, key[1] if key else line)

    def _refuse_tag(self, tag: str | None, line: int) -> None:
        if tag not in (None, "!") and tag not in _TAGS:
            raise _Fatal(
                line,
                say("the tag {tag} is not understood", "l'étiquette {tag} n'est pas comprise", tag=tag),
                say("write a plain value", "écrire une valeur simple"),
            )


def _value(text: str) -> Any:  # noqa: ANN401 (a YAML scalar)
    if text in _WORDS:
        return _WORDS[text]
    for pattern, convert in _NUMBERS:
        if pattern.fullmatch(text):
            number = convert(text)
            return number if math.isfinite(number) else text
    return text


def _too_much(line: int) -> _Fatal:
    return _Fatal(
        line,
        say(
            "the document nests deeper than {depth} levels or grows beyond {values} values",
            "le document dépasse {depth} niveaux d'imbrication ou {values} valeurs",
            depth=MAX_DEPTH,
            values=MAX_VALUES,
        ),
        say(
            "write it flatter, with fewer aliases",
            "l'écrire plus à plat, avec moins d'alias",
        ),
    )


_INDENT: Final = say(
    "align it with its neighbours, with spaces", "l'aligner sur ses voisins, avec des espaces"
)
_PROBLEMS: Final[tuple[tuple[str, Text, Text], ...]] = (
    (
        "mapping values are not allowed",
        say("a second ': ' stands on this line", "un second « : » se trouve sur cette ligne"),
        say(
            "quote the value if ':' belongs to it, or check the indentation",
            "mettre la valeur entre guillemets si « : » en fait partie, ou vérifier l'indentation",
        ),
    ),
    (
        "cannot start any token",
        say(
            "this line begins with a tab or with a character reserved by YAML",
            "cette ligne commence par une tabulation ou un caractère réservé par YAML",
        ),
        say(
            "indent with spaces; quote values that begin with @ ` or %",
            "indenter avec des espaces ; mettre entre guillemets les valeurs commençant par @ ` ou %",
        ),
    ),
    (
        "unexpected end of stream",
        say("a quotation mark opened here is never closed", "un guillemet ouvert ici n'est jamais fermé"),
        say("close it", "le fermer"),
    ),
    (
        "did not find expected ','",
        say(
            "a bracket or brace opened here is not closed",
            "un crochet ou une accolade ouvert ici n'est pas fermé",
        ),
        say("close it, or separate with commas", "le fermer, ou séparer par des virgules"),
    ),
    (
        "did not find expected node content",
        say(
            "a value is missing here, or a bracket before it is not closed",
            "il manque une valeur ici, ou un crochet ouvert avant n'est pas fermé",
        ),
        say("write the value, or close the bracket", "écrire la valeur, ou fermer le crochet"),
    ),
    (
        "did not find expected '-'",
        say("the indentation is broken here", "l'indentation est rompue ici"),
        _INDENT,
    ),
    (
        "did not find expected key",
        say("the indentation is broken here", "l'indentation est rompue ici"),
        _INDENT,
    ),
)
_SINCE: Final = ("unexpected end of stream", "did not find expected ','")


def _syntax(error: yaml.YAMLError) -> _Fatal:
    problem = str(getattr(error, "problem", None) or "")
    mark = getattr(error, "problem_mark", None)
    if any(known in problem for known in _SINCE):
        mark = getattr(error, "context_mark", None) or mark
    line = mark.line + 1 if mark else 1
    for known, what, do in _PROBLEMS:
        if known in problem:
            return _Fatal(line, what, do)
    return _Fatal(
        line,
        say("this is not valid YAML ({problem})", "ce YAML n'est pas valide ({problem})", problem=problem),
        say("check this line and the one before", "vérifier cette ligne et la précédente"),
    )
