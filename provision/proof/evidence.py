"""Evidence: proofs in a file, sealed, so that an audit can cite them later and see that nobody touched them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from provision import whole
from provision.errors import Refused, UsageError
from provision.plan.canonical import digest
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT: Final = 1
SEAL: Final = "sha256"


def sealed(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return evidence with its seal: the SHA-256 of its canonical JSON (keys sorted, no spaces, UTF-8) without the seal."""
    return {**body, SEAL: digest(dict(body))}


def save(evidence: Mapping[str, Any], path: Path) -> None:
    """Write evidence whole or not at all, for its owner's eyes only. Raises `UsageError` when the path cannot be written."""
    text = json.dumps(evidence, indent=2, ensure_ascii=False) + "\n"
    whole.write(path, text, what=say("the evidence", "la preuve"))


def load(path: Path) -> dict[str, Any]:
    """Read evidence. Raises `UsageError` when it is none of ours, `Refused` when somebody edited it."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        seal = content[SEAL]
        body = {key: value for key, value in content.items() if key != SEAL}
        known = body["format"] == FORMAT
    except OSError as error:
        raise UsageError(
            say("the evidence cannot be read: {error}", "la preuve ne peut pas être lue : {error}", error=error.strerror),
            where=str(path),
        ) from error  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _no_evidence(path) from error
    if not known:
        raise _no_evidence(path)
    if digest(body) != seal:
        raise Refused(
            say(
                "the evidence was changed after it was written", "la preuve a été modifiée après son écriture"
            ),
            where=str(path),
            do=say(
                "prove again: provision prove --out {path}",
                "refaire la preuve : provision prove --out {path}",
                path=path,
            ),
        )
    return content


def _no_evidence(path: Path) -> UsageError:
    return UsageError(
        say("this is not evidence of provision's", "ceci n'est pas une preuve de provision"),
        where=str(path),
        do=say(
            "make some with provision prove --out FILE", "en faire une avec provision prove --out FICHIER"
        ),
    )
