"""A plan kept in a file: what was reviewed is what is applied, or nothing is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from provision import whole
from provision.errors import Refused, StalePlan, UsageError
from provision.model.address import Address
from provision.plan.canonical import change_digest, digest, plain
from provision.plan.decide import Options
from provision.text import say

if TYPE_CHECKING:
    from provision.model.plan import Plan

FORMAT: Final = 1
NAMED_AT_MOST: Final = 10
_FOR_REVIEW: Final = 0o666  # less what the umask takes: it holds no secret, and others are to read it


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What a plan's file says: enough to make the plan again and to see whether anything moved.

    `changes` holds the address and the digest of each change.
    """

    cloud: str
    tenants: tuple[str, ...]
    options: Options
    fingerprint: str
    changes: frozenset[tuple[str, str]]
    made_at: str
    made_by: str


def save(plan: Plan, options: Options, path: Path) -> None:
    """Write a plan whole or not at all. Raises `UsageError` when the path cannot be written."""
    body = _body(plan, options)
    text = json.dumps({**body, "seal": digest(body)}, indent=2, ensure_ascii=False) + "\n"
    whole.write(path, text, what=say("the plan", "le plan"), mode=_FOR_REVIEW)


def _body(plan: Plan, options: Options) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "cloud": plan.cloud,
        "tenants": list(plan.tenants),
        "adopt": sorted(map(str, options.adopt)),
        "replace": sorted(map(str, options.replace)),
        "fingerprint": plan.fingerprint,
        "made_at": plan.made_at,
        "made_by": plan.made_by,
        "changes": [
            {
                "action": change.action,
                "address": str(change.address),
                "fields": [
                    {
                        "field": f.field,
                        "before": plain(f.before),
                        "after": plain(f.after),
                        "origin": f.origin and str(f.origin),
                    }
                    for f in change.fields
                ],
                "digest": change_digest(change),
            }
            for change in plan.changes
        ],
        "steps": [{"id": step.id, "waits_for": sorted(step.waits_for)} for step in plan.steps],
    }


def load(path: Path) -> SavedPlan:
    """Read a plan. Raises `UsageError` when it is no plan of ours, `Refused` when somebody edited it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        seal = content.pop("seal")
        intact = digest(content) == seal
        saved = _saved(content)
    except OSError as error:
        raise UsageError(
            say(
                "the plan cannot be read: {error}",
                "le plan ne peut pas être lu : {error}",
                error=error.strerror,
            ),
            where=str(path),
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            say("this is not a saved plan", "ceci n'est pas un plan enregistré"),
            where=str(path),
            do=say(
                "make one with provision plan --out FILE", "en faire un avec provision plan --out FICHIER"
            ),
        ) from error
    if not intact:
        raise Refused(
            say("the plan was changed after it was saved", "le plan a été modifié après son enregistrement"),
            where=str(path),
            do=say(
                "make it again with provision plan --out {path}",
                "le refaire avec provision plan --out {path}",
                path=path,
            ),
        )
    return saved


def _saved(content: dict[str, Any]) -> SavedPlan:
    if content["format"] != FORMAT:
        raise ValueError(content["format"])
    return SavedPlan(
        cloud=content["cloud"],
        tenants=tuple(content["tenants"]),
        options=Options(
            adopt=frozenset(map(Address.parse, content["adopt"])),
            replace=frozenset(map(Address.parse, content["replace"])),
        ),
        fingerprint=content["fingerprint"],
        changes=frozenset((change["address"], change["digest"]) for change in content["changes"]),
        made_at=content["made_at"],
        made_by=content["made_by"],
    )


def refuse_when_stale(saved: SavedPlan, now: Plan) -> None:
    """Do nothing when the plan made now is the plan that was saved. Raises `StalePlan` naming what moved."""
    if saved.fingerprint == now.fingerprint:
        return
    fresh = {(str(change.address), change_digest(change)) for change in now.changes}
    moved = sorted({address for address, _ in fresh ^ saved.changes})
    raise StalePlan(
        say(
            "documents or cloud moved since the plan of {made_at}: {moved}",
            "les documents ou le cloud ont bougé depuis le plan du {made_at} : {moved}",
            made_at=saved.made_at,
            moved=", ".join(moved[:NAMED_AT_MOST]) + (" …" if len(moved) > NAMED_AT_MOST else ""),
        ),
        where=saved.cloud,
        do=say(
            "plan again, review, and apply the new plan",
            "refaire le plan, le relire, et appliquer le nouveau",
        ),
    )
