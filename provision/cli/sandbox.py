"""`provision sandbox`: a real OpenStack control plane on this machine."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from provision import sandbox
from provision.cli import language, output
from provision.cli.command import Command, Group
from provision.cli.shape import Option
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Callable

Body = TypeVar("Body", bound="Callable[..., Any]")
_UP: Final = "up"


def _place(body: Body) -> Body:
    """Give a command --name and --dir, which say where a sandbox lives."""
    body = click.option(
        "--dir",
        "directory",
        cls=Option,
        type=click.Path(path_type=Path),
        value=say("DIR", "DOSSIER"),
        text=say("Where it lives, instead of by name.", "Où il vit, plutôt que par un nom."),
    )(body)
    return click.option(
        "--name",
        cls=Option,
        default="default",
        value=say("NAME", "NOM"),
        text=say("Which sandbox [default].", "Quel bac à sable [default]."),
    )(body)


@click.command(
    "up",
    cls=Command,
    text=say(
        "Start it, or find that it runs; return once every service answers.",
        "Le démarrer, ou constater qu'il tourne ; rendre la main quand chaque service répond.",
    ),
)
@click.option(
    "--with",
    "more",
    cls=Option,
    multiple=True,
    type=click.Choice(sandbox.MORE),
    value=say("SERVICE", "SERVICE"),
    text=say(
        "A service that not every sandbox has: dns (designate) or load-balancer (octavia); may be repeated.",
        "Un service que tous les bacs à sable n'ont pas : dns (designate) ou load-balancer (octavia) ; peut se répéter.",
    ),
)
@_place
def up(name: str, directory: Path | None, more: tuple[str, ...]) -> int:
    """Start, watch, and show what runs."""
    from provision.cli.starting import Starting  # noqa: PLC0415 (help needs none of it)
    from provision.report import services as report  # noqa: PLC0415

    with Starting() as watch:
        services = sandbox.up(sandbox.folder(name, directory), more, on_event=watch)
    again = " ".join(["provision sandbox env", *_named(name, directory)])
    output.answer(
        text=lambda look: report.text(services, look) + report.hint(again, look),
        data=lambda: report.data(services),
    )
    return 0


def _named(name: str, directory: Path | None) -> list[str]:
    if directory is not None:
        return ["--dir", shlex.quote(str(directory))]
    return [] if name == "default" else ["--name", shlex.quote(name)]


@click.command(
    "status",
    cls=Command,
    text=say(
        "Show each service: address, process, memory, state. Exit 1 when one is not up.",
        "Montrer chaque service : adresse, processus, mémoire, état. Code 1 si l'un n'est pas démarré.",
    ),
)
@_place
def status(name: str, directory: Path | None) -> int:
    """Show what runs."""
    from provision.report import services as report  # noqa: PLC0415 (help needs none of it)

    services = sandbox.status(sandbox.folder(name, directory))
    output.answer(text=lambda look: report.text(services, look), data=lambda: report.data(services))
    return 0 if all(service.state == _UP for service in services) else 1


@click.command(
    "env",
    cls=Command,
    text=say(
        'Print what makes the clients use it: eval "$(provision sandbox env)".',
        'Afficher ce qui le fait utiliser par les clients : eval "$(provision sandbox env)".',
    ),
)
@_place
def env(name: str, directory: Path | None) -> int:
    """Print shell exports and nothing else."""
    variables = sandbox.environment(sandbox.folder(name, directory))
    output.answer(
        text=lambda _: "".join(f"export {key}={shlex.quote(value)}\n" for key, value in variables.items()),
        data=lambda: variables,
    )
    return 0


@click.command(
    "down",
    cls=Command,
    text=say("Stop it; what is in it stays.", "L'arrêter ; ce qu'il contient reste."),
)
@_place
def down(name: str, directory: Path | None) -> int:
    """Stop what was started."""
    from provision.report import services as report  # noqa: PLC0415 (help needs none of it)

    ended = sandbox.down(sandbox.folder(name, directory))
    output.answer(text=lambda look: report.ended(ended, look), data=lambda: {"ended": ended})
    return 0


@click.command(
    "reset",
    cls=Command,
    text=say("Stop it and delete what is in it.", "L'arrêter et supprimer ce qu'il contient."),
)
@_place
def reset(name: str, directory: Path | None) -> int:
    """Delete a sandbox."""
    folder = sandbox.folder(name, directory)
    sandbox.reset(folder)
    gone = say("The sandbox is gone: {folder}", "Le bac à sable n'est plus : {folder}", folder=folder)
    output.answer(text=lambda _: f"{language.tell(gone)}\n", data=lambda: {"deleted": str(folder)})
    return 0


command = Group.of(
    "sandbox",
    say(
        "A real OpenStack control plane on this machine: keystone, nova, neutron, cinder, glance, placement, barbican "
        "and swift, on loopback, without root.",
        "Un vrai plan de contrôle OpenStack sur cette machine : keystone, nova, neutron, cinder, glance, placement, "
        "barbican et swift, en boucle locale, sans être root.",
    ),
    (up, status, env, down, reset),
)
