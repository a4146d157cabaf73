"""`provision keys`: a tenant's ring of keys, in its own hands."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from provision.cli import language, output, settings
from provision.cli.command import Command, Group
from provision.cli.shape import Argument, Option
from provision.errors import Refused
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from provision.model.key import Key
    from provision.report.keys import Done
    from provision.workflow import Question

Body = TypeVar("Body", bound="Callable[..., Any]")
_SHARED = ("estate", "cloud")
_TENANT = click.argument(
    "tenant",
    cls=Argument,
    label=say("TENANT", "TENANT"),
    text=say(
        "Whose keys; the credentials must be of its project.",
        "De qui ; les identifiants doivent être de son projet.",
    ),
)
_NAME = click.argument(
    "name",
    cls=Argument,
    label=say("NAME", "NOM"),
    text=say("What the key is called.", "Comment la clé s'appelle."),
)
_NAMES = click.argument(
    "names",
    cls=Argument,
    nargs=-1,
    label=say("NAME", "NOM"),
    text=say("Only these keys.", "Seulement ces clés."),
)
_READERS = click.option(
    "--reader",
    "readers",
    cls=Option,
    multiple=True,
    value=say("USER_ID", "ID_UTILISATEUR"),
    text=say(
        "Somebody who may read it besides you. Repeatable.",
        "Quelqu'un qui peut la lire en plus de vous. Répétable.",
    ),
)


@click.command(
    "list",
    cls=Command,
    shared=_SHARED,
    text=say(
        "Lists every generation of every key: strength, age, when it is due, who reads it. Exit 2 when one is not as the "
        "documents want it.",
        "Liste chaque génération de chaque clé : force, âge, échéance, lecteurs. Code 2 quand l'une n'est pas telle que les "
        "documents la veulent.",
    ),
)
@_TENANT
def list_(tenant: str) -> int:
    """List the keys."""
    question = _about(tenant)
    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report import keys as report  # noqa: PLC0415

    with workflow.key_ring(question) as ring:
        keys, policy, now = ring.held(), ring.policy, datetime.now(UTC)
    output.answer(
        text=lambda look: report.text(tenant, keys, policy, now, look),
        data=lambda: report.data(tenant, keys, policy, now),
    )
    return report.exit_code(keys, policy, now)


@click.command(
    "create",
    cls=Command,
    shared=_SHARED,
    text=say(
        "Has the key manager make an AES key, as long as the profile's floor says, and closes it to the rest of the project "
        "where keys are private.",
        "Fait faire une clé AES par le gestionnaire de clés, de la longueur du plancher du profil, et la ferme au reste du "
        "projet là où les clés sont privées.",
    ),
)
@_TENANT
@_NAME
@click.option(
    "--bits",
    cls=Option,
    type=click.Choice(["128", "192", "256"]),
    text=say("Its length, not below the floor.", "Sa longueur, pas sous le plancher."),
)
@_READERS
def create(tenant: str, name: str, bits: str | None, readers: Sequence[str]) -> int:
    """Make a key."""
    question = _about(tenant)
    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report.keys import Act, Done  # noqa: PLC0415

    with workflow.key_ring(question, writing=True) as ring:
        key = ring.create(name, bits=int(bits) if bits else None, readers=readers)
    return _did(tenant, [Done(Act.CREATED, key)])


@click.command(
    "import",
    cls=Command,
    shared=_SHARED,
    text=say(
        "Keeps a key that you bring: from a file that only you may read, or from standard input; never from the command line. "
        "A key weaker than the floor is refused.",
        "Garde une clé que vous apportez : d'un fichier que vous seul pouvez lire, ou de l'entrée standard ; jamais de la "
        "ligne de commande. Une clé sous le plancher est refusée.",
    ),
)
@_TENANT
@_NAME
@click.option(
    "--from",
    "source",
    cls=Option,
    type=click.Path(path_type=Path),
    value=say("FILE", "FICHIER"),
    text=say("The file, mode 600 [standard input].", "Le fichier, en mode 600 [entrée standard]."),
)
@click.option(
    "--base64",
    "encoded",
    cls=Option,
    is_flag=True,
    text=say("It is in base64, not raw.", "Elle est en base64, pas brute."),
)
@click.option(
    "--next",
    "following",
    cls=Option,
    is_flag=True,
    text=say("It succeeds the key of this name.", "Elle succède à la clé de ce nom."),
)
@_READERS
def import_(  # noqa: PLR0913 (options of one command)
    *,
    tenant: str,
    name: str,
    source: Path | None,
    encoded: bool,
    following: bool,
    readers: Sequence[str],
) -> int:
    """Keep a key that the tenant brings."""
    question = _about(tenant)
    from provision import keyring, workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report.keys import Act, Done  # noqa: PLC0415

    brought = keyring.read(source, sys.stdin.buffer, encoded=encoded)
    with workflow.key_ring(question, writing=True) as ring:
        key = ring.bring(name, brought, following=following, readers=readers)
    return _did(tenant, [Done(Act.IMPORTED, key)])


@click.command(
    "rotate",
    cls=Command,
    shared=_SHARED,
    text=say(
        "Gives each key that is older than the profile allows a successor, or each that you name whatever its age. Former "
        "generations stay readable. Exit 2 when a key that you brought is due: its successor is yours to bring.",
        "Donne un successeur à chaque clé plus vieille que le profil ne le permet, ou à chacune que vous nommez quel que soit "
        "son âge. Les anciennes restent lisibles. Code 2 quand une clé que vous avez apportée est échue : à vous d'apporter "
        "la suivante.",
    ),
)
@_TENANT
@_NAMES
def rotate(tenant: str, names: Sequence[str]) -> int:
    """Make successors."""
    question = _about(tenant)
    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report.keys import Act, Done  # noqa: PLC0415

    with workflow.key_ring(question, writing=True) as ring:
        done = [
            Done(Act.LEFT, key) if key.brought else Done(Act.SUCCEEDED, ring.succeed(key))
            for key in ring.due(names, datetime.now(UTC))
        ]
    return _did(tenant, done)


@click.command(
    "seal",
    cls=Command,
    shared=_SHARED,
    text=say(
        "Closes keys that the whole project may read, where the profile wants them private.",
        "Ferme les clés que tout le projet peut lire, là où le profil les veut privées.",
    ),
)
@_TENANT
def seal(tenant: str) -> int:
    """Close what is open."""
    question = _about(tenant)
    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report.keys import Act, Done  # noqa: PLC0415

    with workflow.key_ring(question, writing=True) as ring:
        opened = [key for key in ring.held() if ring.policy.private and key.project]
        done = [Done(Act.SEALED, ring.seal(key)) for key in opened]
    return _did(tenant, done)


@click.command(
    "destroy",
    cls=Command,
    shared=_SHARED,
    text=say(
        "Destroys a key, every generation of it or one, and asks for it again to see that it is gone (404). What is encrypted "
        "with it can then never be read again.",
        "Détruit une clé, toutes ses générations ou l'une d'elles, et la redemande pour voir qu'elle n'est plus (404). Ce "
        "qu'elle chiffre ne pourra plus jamais être lu.",
    ),
)
@_TENANT
@_NAME
@click.option(
    "--generation",
    cls=Option,
    type=click.IntRange(1),
    value="N",
    text=say("This one only [all].", "Celle-ci seulement [toutes]."),
)
@click.option(
    "--yes",
    cls=Option,
    is_flag=True,
    text=say("Do not ask.", "Ne pas demander."),
)
def destroy(*, tenant: str, name: str, generation: int | None, yes: bool) -> int:
    """Destroy a key."""
    question = _about(tenant)
    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report.keys import Act, Done  # noqa: PLC0415

    with workflow.key_ring(question, writing=True) as ring:
        doomed = ring.generations(name, generation)
        if not (yes or _agreed(doomed)):
            raise Refused(
                say("nothing was destroyed: you said no", "rien n'a été détruit : vous avez dit non")
            )
        done = [Done(Act.DESTROYED, key, ring.destroy(key)) for key in doomed]
    return _did(tenant, done)


def _agreed(doomed: Sequence[Key]) -> bool:
    """Say what would go, and ask. Raises `Refused` when nobody is there to answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Refused(
            say("nobody is there to say yes", "personne n'est là pour dire oui"),
            where="keys destroy",
            do=say("add --yes", "ajouter --yes"),
        )
    names = ", ".join(f"{key.name}/{key.generation}" for key in doomed)
    output.note(
        say(
            "What is encrypted with {names} can never be read again.",
            "Ce que chiffre {names} ne pourra plus jamais être lu.",
            names=names,
        )
    )
    asked = language.tell(say("Destroy? [yes/no]", "Détruire ? [oui/non]"))
    answer = click.prompt(asked, default="", show_default=False, err=True)
    return answer.strip().lower() in {"y", "yes", "o", "oui"}


def _about(tenant: str) -> Question:
    told = settings.told()
    folder = told.estate

    from provision.workflow import Question  # noqa: PLC0415 (help needs none of it)

    return Question(folder, (tenant,), told.cloud)


def _did(tenant: str, done: Sequence[Done]) -> int:
    from provision.report import keys as report  # noqa: PLC0415 (help needs none of it)

    output.answer(text=lambda look: report.told(done, look), data=lambda: report.did(tenant, done))
    return report.did_exit_code(done)


command = Group.of(
    "keys",
    say(
        "A tenant's ring of keys in the key manager, in its own hands: with its members' credentials, without an "
        "administrator's.",
        "Le trousseau d'un locataire dans le gestionnaire de clés, entre ses propres mains : avec les identifiants de ses "
        "membres, sans ceux d'un administrateur.",
    ),
    (list_, create, import_, rotate, seal, destroy),
)
