"""`provision demo`: from nothing to three proven tenants on a real OpenStack."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from provision.cli import language, output, settings
from provision.cli.command import Command
from provision.cli.shape import Option
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provision.model.applied import Applied
    from provision.model.finding import Audited
    from provision.model.proof import Proven
    from provision.sandbox import Service
    from provision.text import Text
    from provision.workflow import Planned

ESTATE: Final = "demo"


@click.command(
    "demo",
    cls=Command,
    text=say(
        "Starts a sandbox, makes an estate of three tenants (a health start-up, a data publisher, a municipality), "
        "applies it, plans again (nothing to do), proves on the live services what the profiles promise, and audits it.",
        "Démarre un bac à sable, crée un parc de trois locataires (une jeune pousse de santé, un producteur de données, une "
        "collectivité), l'applique, refait le plan (rien à faire), prouve sur les services ce que les profils promettent, et l'audite.",
    ),
)
@click.option(
    "--dir",
    "directory",
    cls=Option,
    type=click.Path(path_type=Path),
    value=say("DIR", "DOSSIER"),
    text=say(
        "Where the example estate is written [a folder of your own state].",
        "Où écrire le parc d'exemple [un dossier de votre état personnel].",
    ),
)
def command(directory: Path | None) -> int:
    """Tell the story, chapter by chapter; exit 0 only when all of it came true."""
    folder = (directory or _home()).absolute()
    _chapter(1, say("A real OpenStack, on this machine", "Un vrai OpenStack, sur cette machine"))
    services = _sandbox()
    _chapter(2, say("An estate and three tenants, in YAML", "Un parc et trois locataires, en YAML"))
    _estate(folder)
    _chapter(3, say("Apply: documents become tenants", "Apply : les documents deviennent des locataires"))
    applied = _apply(folder)
    _chapter(4, say("Plan again: nothing to do", "Un second plan : rien à faire"))
    again = _plan(folder)
    _chapter(5, say("Proofs, on the live services", "Les preuves, sur les services"))
    proven = _prove(folder)
    _chapter(
        6, say("An audit, by the controls of the catalogue", "Un audit, selon les contrôles du catalogue")
    )
    audited = _audit(folder)
    good = _good(applied, again, proven, audited)
    if settings.told().json:
        output.answer(text=lambda _: "", data=lambda: _data(services, applied, again, proven, audited))
    else:
        _say(_ending(folder) if good else _trouble())
    return 0 if good else 1


def _home() -> Path:
    root = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(root) / "provision" / ESTATE


def _chapter(number: int, title: Text) -> None:
    _say(say("\n{number}/6  {title}\n", "\n{number}/6  {title}\n", number=number, title=title), "strong")


def _say(words: str | Text, meaning: str = "") -> None:
    """Write a piece of the story; with --format json the story is not the result."""
    if not settings.told().json:
        look = output.look(sys.stdout)
        click.echo(look.words(words, meaning))


def _sandbox() -> Sequence[Service]:
    from provision import sandbox  # noqa: PLC0415 (help needs none of it)
    from provision.cli.starting import Starting  # noqa: PLC0415
    from provision.report import services as report  # noqa: PLC0415

    place = sandbox.folder()
    with Starting() as watch:
        services = sandbox.up(place, on_event=watch)
    os.environ.update(sandbox.environment(place))
    _say(report.text(services, output.look(sys.stdout)).rstrip())
    return services


def _estate(folder: Path) -> None:
    from provision import workflow  # noqa: PLC0415 (help needs none of it)

    if not (folder / "estate.yaml").exists():
        workflow.init(folder, name=ESTATE, cloud=None, language=language.spoken())
    for path in workflow.write_examples(folder, language.spoken()):
        _say(f"  {path}")


def _apply(folder: Path) -> Applied:
    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.cli.progress import Watch  # noqa: PLC0415
    from provision.report import apply as report  # noqa: PLC0415
    from provision.report.look import Cost  # noqa: PLC0415

    with Watch(language.spoken()) as watch:
        applied = workflow.apply(workflow.Question(folder), on_event=watch)
    cost = Cost(applied.requests, applied.seconds)
    _say(report.text(applied, cost, output.look(sys.stdout)).rstrip())
    return applied


def _plan(folder: Path) -> Planned:
    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.cli.progress import Watch  # noqa: PLC0415
    from provision.report import plan as report  # noqa: PLC0415
    from provision.report.look import Cost  # noqa: PLC0415

    with Watch(language.spoken()) as watch:
        planned = workflow.plan(workflow.Question(folder), watch)
    _say(report.text(planned.plan, Cost(planned.requests, planned.seconds), output.look(sys.stdout)).rstrip())
    return planned


def _prove(folder: Path) -> Proven:
    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.cli.progress import Watch  # noqa: PLC0415
    from provision.report import proofs as report  # noqa: PLC0415

    with Watch(language.spoken()) as watch:
        proven = workflow.prove(workflow.Question(folder), watch)
    _say(report.text(proven, output.look(sys.stdout)).rstrip())
    return proven


def _audit(folder: Path) -> Audited:
    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.cli.progress import Watch  # noqa: PLC0415
    from provision.report import audit as report  # noqa: PLC0415

    with Watch(language.spoken()) as watch:
        audited = workflow.audit(workflow.Question(folder), watch)
    _say(report.text(audited, output.look(sys.stdout)).rstrip())
    return audited


def _good(applied: Applied, again: Planned, proven: Proven, audited: Audited) -> bool:
    from provision.report import apply, audit, plan, proofs  # noqa: PLC0415 (help needs none of it)

    codes = (
        apply.exit_code(applied),
        plan.exit_code(again.plan),
        proofs.exit_code(proven),
        audit.exit_code(audited),
    )
    return bool(proven.proofs) and not any(codes)


def _data(
    services: Sequence[Service], applied: Applied, again: Planned, proven: Proven, audited: Audited
) -> dict[str, Any]:
    from provision.report import apply as applies  # noqa: PLC0415 (help needs none of it)
    from provision.report import audit as audits  # noqa: PLC0415
    from provision.report import plan as plans  # noqa: PLC0415
    from provision.report import proofs  # noqa: PLC0415
    from provision.report import services as running  # noqa: PLC0415
    from provision.report.look import Cost  # noqa: PLC0415

    tongue = language.spoken()
    return {
        "sandbox": running.data(services),
        "apply": applies.data(applied, Cost(applied.requests, applied.seconds), tongue),
        "plan": plans.data(again.plan, Cost(again.requests, again.seconds), tongue),
        "prove": proofs.data(proven, tongue),
        "audit": audits.data(audited, tongue),
    }


def _trouble() -> Text:
    return say(
        "\nNot all of it came true: see above. The sandbox still runs; stop it with: provision sandbox down",
        "\nTout ne s'est pas vérifié : voir plus haut. Le bac à sable tourne encore ; l'arrêter : provision sandbox down",
    )


def _ending(folder: Path) -> Text:
    return say(
        """
Where to look next
{path}
  eval "$(provision sandbox env)"                   the openstack client, on this cloud
  openstack project list
  cd {folder}
  provision profile show hautement-securise         what the tier promises, and why
  provision audit --profile hautement-securise      the same controls, on the profile alone
  provision profile explain clinique-ouest storage.volume.default
  openstack quota set --cores 99 ville-exemple      change something behind our back, then
  provision plan                                    what differs, field by field, and which line says so

  provision sandbox down                            end the sandbox""",
        """
Où regarder ensuite
{path}
  eval "$(provision sandbox env)"                   le client openstack, sur ce cloud
  openstack project list
  cd {folder}
  provision profile show hautement-securise         ce que le profil promet, et pourquoi
  provision audit --profile hautement-securise      les mêmes contrôles, sur le profil seul
  provision profile explain clinique-ouest storage.volume.default
  openstack quota set --cores 99 ville-exemple      changer quelque chose dans notre dos, puis
  provision plan                                    ce qui diffère, champ par champ, et la ligne qui le dit

  provision sandbox down                            arrêter le bac à sable""",
        folder=shlex.quote(str(folder)),
        path=_path(),
    )


def _path() -> str:
    """Return what puts `provision` and `openstack` on the PATH of somebody who ran us by our full name."""
    here = Path(sys.argv[0]).resolve().parent
    return "" if shutil.which("provision") else f'\n  export PATH={shlex.quote(str(here))}:"$PATH"'
