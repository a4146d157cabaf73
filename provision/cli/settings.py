"""What every command may be told, before or after its name: format, language, cloud, estate. The last one said wins."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from provision import __version__
from provision.cli.shape import Option
from provision.errors import UsageError
from provision.text import LANGUAGES, Text, say

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED: Final = ("estate", "cloud", "format", "lang", "help")
ESTATE_FILE: Final = "estate.yaml"
_FORMATS: Final = ("text", "json")


@dataclass(frozen=True, slots=True)
class Settings:
    """What this run was told; None is not told."""

    json: bool
    cloud: str | None
    folder: Path | None

    @property
    def estate(self) -> Path:
        """Return the estate's folder. Raises `UsageError` when there is none."""
        folder = self.folder or Path()
        if (folder / ESTATE_FILE).is_file():
            return folder
        raise UsageError(
            say("there is no {file} here", "il n'y a pas de {file} ici", file=ESTATE_FILE),
            where=str(folder.absolute()),
            do=say(
                "go to the folder of an estate, name it with --estate DIR, or make one with provision init DIR",
                "aller dans le dossier d'un parc, le nommer avec --estate DIR, ou en créer un avec provision init DIR",
            ),
        )

    @property
    def estate_if_any(self) -> Path | None:
        """Return the estate's folder, or None when nothing was said and the current folder is none."""
        return self.estate if self.folder or Path(ESTATE_FILE).is_file() else None


def told() -> Settings:
    """Return the settings of the command that is running."""
    meta = click.get_current_context().meta
    return Settings(meta.get(_key("format")) == "json", meta.get(_key("cloud")), meta.get(_key("estate")))


def _key(name: str) -> str:
    return f"provision.{name}"


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(ctx: click.Context, _param: click.Parameter, value: object) -> None:
        if value is not None:
            ctx.meta[_key(name)] = value

    return keep


def option(name: str) -> Option:
    """Return a shared option, made anew for each command that takes it."""
    return _MAKERS[name]()


def _format() -> Option:
    text = say(
        "Result for people or for programs [text].", "Résultat pour les gens ou pour les programmes [text]."
    )
    return _shared("format", text, type=click.Choice(_FORMATS))


def _lang() -> Option:
    text = say(
        "Language, else PROVISION_LANG, else the locale's.",
        "Langue, sinon PROVISION_LANG, sinon celle de la session.",
    )
    return _shared("lang", text, type=click.Choice(LANGUAGES))


def _cloud() -> Option:
    text = say(
        "A cloud of clouds.yaml, else OS_CLOUD or OS_* variables, else the estate's.",
        "Un cloud de clouds.yaml, sinon OS_CLOUD ou les variables OS_*, sinon celui de estate.yaml.",
    )
    return _shared("cloud", text, value=say("NAME", "NOM"))


def _estate() -> Option:
    text = say(
        "The folder that holds estate.yaml [this one].", "Le dossier qui contient estate.yaml [celui-ci]."
    )
    return _shared("estate", text, value=say("DIR", "DOSSIER"), type=click.Path(path_type=Path))


def _shared(name: str, text: Any, **rest: Any) -> Option:  # noqa: ANN401 (click's own)
    return Option([f"--{name}"], text, expose_value=False, callback=_keep(name), **rest)


def _help() -> Option:
    return _shown("help", say("Show this help.", "Afficher cette aide."), click.Context.get_help)


def version() -> Option:
    """Return the option that tells what to put into a report of a defect."""
    text = say(
        "Show the version, the SDK's and Python's.", "Afficher la version, celle du SDK et celle de Python."
    )
    return _shown("version", text, _versions)


def _versions(_ctx: click.Context) -> str:
    from importlib import metadata  # noqa: PLC0415 (only who asks for it pays for its import)

    sdk = metadata.version("openstacksdk")
    return f"provision {__version__} (openstacksdk {sdk}, Python {platform.python_version()})"


def _shown(name: str, text: Text, what: Callable[[click.Context], str]) -> Option:
    """Return a flag that shows something instead of doing anything."""

    def show(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:  # noqa: FBT001 (click's own signature)
        if asked and not ctx.resilient_parsing:
            click.echo(what(ctx))
            ctx.exit()

    return Option([f"--{name}"], text, is_flag=True, is_eager=True, expose_value=False, callback=show)


_MAKERS: Final[dict[str, Callable[[], Option]]] = {
    "format": _format,
    "lang": _lang,
    "cloud": _cloud,
    "estate": _estate,
    "help": _help,
}
