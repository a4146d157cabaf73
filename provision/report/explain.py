"""How one value came about, layer by layer, for a person and for a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from provision.declare.promises import leaves
from provision.report.values import show
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.declare import Said
    from provision.report.look import Look

_LAYERS: Final = {
    "floor": say("floor of {name}", "plancher de {name}"),
    "tenant": say("tenant {name}", "locataire {name}"),
    "size": say("size {name}", "taille {name}"),
    "profile": say("profile {name}", "profil {name}"),
    "estate": say("defaults of the estate", "valeurs par défaut du parc"),
    "request": say("request {name}", "demande {name}"),
    "evidence": say("evidence {name}", "preuve {name}"),
    "provision": say("built in", "d'origine"),
}


def data(subject: str, key: str, said: Sequence[Said]) -> dict[str, Any]:
    """Return the layers as JSON has them (schema ``profile-explain``), the one in force first."""
    return {
        "subject": subject,
        "key": key,
        "value": said[0].value,
        "layers": [
            {
                "layer": each.layer.kind,
                "name": each.layer.name,
                "value": each.value,
                "origin": str(each.origin),
            }
            for each in said
        ],
    }


def text(subject: str, key: str, said: Sequence[Said], look: Look) -> str:
    """Return the value in force, then what each layer says, from the strongest to the weakest."""
    head = f"{look.paint('strong', f'{subject}: {key}')} = {_short(said[0].value)}"
    names = [_layer(each).render(look.language) for each in said]
    width, values = max(map(len, names)), max(len(_short(each.value)) for each in said)
    rows = zip(said, names, strict=True)
    return (
        "\n".join(
            [
                head,
                *(_row(each, name.ljust(width), values, look, first=each is said[0]) for each, name in rows),
            ]
        )
        + "\n"
    )


def _row(said: Said, name: str, values: int, look: Look, *, first: bool) -> str:
    mark = look.paint("good", "→") if first else " "
    return f"{mark} {name}  {_short(said.value).ljust(values)}  {look.paint('quiet', f'({said.origin})')}"


def _layer(said: Said) -> Text:
    known = _LAYERS[said.layer.kind]
    return say(known.en, known.fr, name=said.layer.name)


def _short(value: object) -> str:
    """Return a value on one line; a whole section as the names of what is in it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(_names(value)) + "}"
    return show(value)


def _names(section: Mapping[str, Any]) -> Iterator[str]:
    return (path for path, _ in leaves(section))
