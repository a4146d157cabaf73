"""What a schema expects, and what is wrong, in words; nothing of the validator's own wording reaches a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from provision.declare.floors import shown
from provision.declare.layers import suggestion
from provision.declare.policy import Schema
from provision.model import quantity
from provision.model.quantity import QuantityError
from provision.text import Text, say

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Sentence = tuple[Text, Text]

_TYPES: Final = {
    "string": say("a word or sentence", "un mot ou une phrase"),
    "integer": say("a whole number (20)", "un nombre entier (20)"),
    "number": say("a number (1.5)", "un nombre (1.5)"),
    "boolean": say("true or false", "true ou false"),
    "array": say("a list ([a, b])", "une liste ([a, b])"),
    "object": say("a mapping (key: value)", "une table (clé: valeur)"),
    "null": say("nothing", "rien"),
}
_FAMILIES: Final = {
    4: say("an IPv4 prefix (10.20.0.0/24)", "un préfixe IPv4 (10.20.0.0/24)"),
    6: say("an IPv6 prefix (2001:db8:20::/64)", "un préfixe IPv6 (2001:db8:20::/64)"),
    0: say("an IP prefix (10.20.0.0/24)", "un préfixe IP (10.20.0.0/24)"),
}


def either(parts: Iterable[Text]) -> Text:
    """Join alternatives: ``a, b or c``, each once."""
    english = list(dict.fromkeys(part.render("en") for part in parts))
    french = list(dict.fromkeys(part.render("fr") for part in parts))
    return Text(_joined(english, " or "), _joined(french, " ou "))


def _joined(words: Sequence[str], last: str) -> str:
    return last.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def expected(schema: Mapping[str, Any]) -> Text:
    """Return what a schema takes, with an example."""
    for known, words in _EXPECTED:
        if known in schema:
            return words(schema)
    return say("something else", "autre chose")


def _alternatives(schema: Mapping[str, Any]) -> Text:
    branches = schema.get("anyOf") or schema.get("oneOf") or ()
    return either([expected(branch) for branch in branches])


def _quota(schema: Mapping[str, Any]) -> Text:
    unit = schema["quota"]
    words = ", ".join(quantity.QUOTA_WORDS)
    size = f"20 {unit}".strip()
    return say(
        "a number ({size}) or one of {words}",
        "un nombre ({size}) ou un mot parmi {words}",
        size=size,
        words=words,
    )


def _type(schema: Mapping[str, Any]) -> Text:
    types = schema["type"]
    return either([_TYPES[each] for each in ([types] if isinstance(types, str) else types)])


_EXPECTED: Final[tuple[tuple[str, Callable[[Mapping[str, Any]], Text]], ...]] = (
    ("says", lambda schema: Text(schema["says"]["en"], schema["says"]["fr"])),
    ("anyOf", _alternatives),
    ("oneOf", _alternatives),
    ("enum", lambda schema: either([shown(each) for each in schema["enum"]])),
    ("const", lambda schema: shown(schema["const"])),
    ("cidr", lambda schema: _FAMILIES[schema["cidr"]]),
    ("quota", _quota),
    ("quantity", lambda schema: say("a size (20 {u})", "une taille (20 {u})", u=schema["quantity"])),
    ("type", _type),
)


def sentence(path: str, error: ValidationError) -> Sentence:
    """Return what is wrong at a path, and what to do."""
    if "propertyNames" in error.absolute_schema_path:
        return _name(path, error)
    words = _SENTENCES.get(str(error.validator), _unexpected)
    return words(path, error)


def unknown_key(path: str, key: str, known: Sequence[str], elsewhere: Sequence[str]) -> Sentence:
    """Return the sentence for a key that nobody knows: the closest known one, or where it does belong."""
    what = (
        say("{path} has no key {key!r}", "{path} n'a pas de clé {key!r}", path=path, key=key)
        if path
        else say("there is no key {key!r} here", "il n'y a pas de clé {key!r} ici", key=key)
    )
    if elsewhere and not get_close_matches(key, known, n=1, cutoff=0.75):
        places = ", ".join(elsewhere)
        return what, say("it belongs under {places}", "sa place est sous {places}", places=places)
    return what, suggestion(key, known)


def _is(path: str, value: object) -> Text:
    return say("{path} is {value}", "{path} vaut {value}", path=path, value=shown(_short(value)))


def _short(value: object) -> object:
    if isinstance(value, dict | list):
        text = str(shown(value) if isinstance(value, list) else value)
        return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 (a line of a terminal)
    return value


def _write(schema: Mapping[str, Any]) -> Text:
    return say("write {expected}", "écrire {expected}", expected=expected(schema))


def _unexpected(path: str, error: ValidationError) -> Sentence:
    if error.instance is None:
        return (
            say("{path} is empty", "{path} est vide", path=path),
            say(
                "write {expected}, or remove the line",
                "écrire {expected}, ou supprimer la ligne",
                expected=expected(_schema(error)),
            ),
        )
    return _is(path, error.instance), _write(_schema(error))


def _schema(error: ValidationError) -> Schema:
    return dict(error.schema) if isinstance(error.schema, Mapping) else {}


def _choice(path: str, error: ValidationError) -> Sentence:
    schema = _schema(error)
    words = [str(shown(each)) for each in _choices(schema)]
    if isinstance(error.instance, str):
        close = get_close_matches(error.instance, words, n=1, cutoff=0.6)
        if close:
            return _is(path, error.instance), say(
                "did you mean {close}? expected: {expected}",
                "vouliez-vous dire {close} ? attendu : {expected}",
                close=close[0],
                expected=expected(schema),
            )
    return _unexpected(path, error)


def _choices(schema: Mapping[str, Any]) -> list[Any]:
    branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return [*schema.get("enum", ()), *(each for branch in branches for each in _choices(branch))]


def _missing(path: str, error: ValidationError) -> Sentence:
    wanted: Any = error.validator_value
    given: Any = error.instance
    missing = [key for key in wanted if key not in given]
    keys = ", ".join(missing)
    schema = _schema(error).get("properties", {}).get(missing[0], {}) if missing else {}
    what = (
        say("{path} lacks {keys}", "il manque {keys} à {path}", path=path, keys=keys)
        if path
        else say("the document lacks {keys}", "il manque {keys} au document", keys=keys)
    )
    return what, say(
        "add {key}: {expected}",
        "ajouter {key} : {expected}",
        key=missing[0] if missing else keys,
        expected=expected(schema),
    )


def _name(path: str, error: ValidationError) -> Sentence:
    what = say(
        "{name!r} is not a name that {path} can take",
        "{name!r} n'est pas un nom que {path} accepte",
        name=error.instance,
        path=path,
    )
    if error.validator != "pattern":
        return what, _write(_schema(error))
    return what, say(
        "use small letters, digits and hyphens ({pattern})",
        "employer minuscules, chiffres et traits d'union ({pattern})",
        pattern=str(error.validator_value),
    )


def _pattern(path: str, error: ValidationError) -> Sentence:
    if "says" in _schema(error):
        return _unexpected(path, error)
    return _is(path, error.instance), say(
        "write it as {pattern}", "l'écrire sous la forme {pattern}", pattern=str(error.validator_value)
    )


def _bound(en: str, fr: str) -> Callable[[str, ValidationError], Sentence]:
    def words(path: str, error: ValidationError) -> Sentence:
        return _is(path, error.instance), say(en, fr, bound=error.validator_value)

    return words


def _quantity(path: str, error: ValidationError) -> Sentence:
    cause = error.cause
    if isinstance(cause, QuantityError) and type(error.instance) in (int, float, str):
        return say("{path}: {what}", "{path} : {what}", path=path, what=cause.what), cause.do
    return _unexpected(path, error)


def _prefix(path: str, error: ValidationError) -> Sentence:
    (do,) = error.cause.args if error.cause else (_write(_schema(error)),)
    return _is(path, error.instance), do


def _literal(path: str, _error: ValidationError) -> Sentence:
    return (
        say("{path}: a template is not filled in here", "{path} : un modèle n'est pas rempli ici", path=path),
        say("write the value itself", "écrire la valeur elle-même"),
    )


def _twice(path: str, _error: ValidationError) -> Sentence:
    return (
        say("{path} holds the same entry twice", "{path} contient deux fois la même entrée", path=path),
        say("keep one of them", "n'en garder qu'une"),
    )


_SENTENCES: Final[dict[str, Callable[[str, ValidationError], Sentence]]] = {
    "enum": _choice,
    "anyOf": _choice,
    "oneOf": _choice,
    "required": _missing,
    "pattern": _pattern,
    "minimum": _bound("write {bound} or more", "écrire {bound} ou plus"),
    "exclusiveMinimum": _bound("write more than {bound}", "écrire plus de {bound}"),
    "maximum": _bound("write {bound} or less", "écrire {bound} ou moins"),
    "minLength": _bound("write at least {bound} character", "écrire au moins {bound} caractère"),
    "maxLength": _bound("write at most {bound} characters", "écrire au plus {bound} caractères"),
    "minItems": _bound("write at least {bound} entry", "écrire au moins {bound} entrée"),
    "maxItems": _bound("write at most {bound} entries", "écrire au plus {bound} entrées"),
    "uniqueItems": _twice,
    "quota": _quantity,
    "quantity": _quantity,
    "cidr": _prefix,
    "template": _literal,
}
