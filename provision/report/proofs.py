"""What was proven on the live cloud, for a person and for a program; the latter is the evidence."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from provision.model.proof import Verdict
from provision.proof.evidence import FORMAT, sealed
from provision.report import words
from provision.text import render, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provision.errors import ProvisionError
    from provision.model.proof import Proof, Proven
    from provision.report.look import Look
    from provision.text import Language, Text

BROKEN, UNTESTED = 2, 1
_SIGNS: Final = {
    Verdict.HELD: ("✓", "good"),
    Verdict.BROKEN: ("✗", "bad"),
    Verdict.NOT_PROVABLE: ("–", "change"),
}
_WORDS: Final = {
    Verdict.HELD: (say("{n} held", "{n} tenue"), say("{n} held", "{n} tenues")),
    Verdict.BROKEN: (say("{n} broken", "{n} rompue"), say("{n} broken", "{n} rompues")),
    Verdict.NOT_PROVABLE: (say("{n} not provable", "{n} non vérifiable"), say("{n} not provable", "{n} non vérifiables")),
}  # fmt: skip


def data(proven: Proven, language: Language) -> dict[str, Any]:
    """Return proofs as JSON has them (schema ``prove``), sealed."""
    return sealed(
        {
            "format": FORMAT,
            "estate": proven.estate,
            "cloud": proven.cloud,
            "made_at": proven.made_at,
            "made_by": proven.made_by,
            "tenants": [
                {
                    "tenant": each.tenant,
                    "profile": each.profile,
                    "version": each.version,
                    "project": each.project,
                }
                for each in proven.subjects
            ],
            "proofs": [_proof(each, language) for each in proven.proofs],
            "seconds": round(proven.seconds, 3),
        }
    )


def _proof(proof: Proof, language: Language) -> dict[str, Any]:
    return {
        "tenant": proof.tenant,
        "name": proof.name,
        "promise": render(proof.promise, language),
        "key": proof.key,
        "origin": str(proof.origin),
        "tried": render(proof.tried, language),
        "seen": render(proof.seen, language),
        "status": proof.verdict.value,
        "error": proof.error and _error(proof.error, language),
        "seconds": round(proof.seconds, 3),
    }


def _error(error: ProvisionError, language: Language) -> dict[str, str]:
    return {
        "where": error.where,
        "what": render(error.what, language),
        "do": render(error.do, language),
    }


def text(proven: Proven, look: Look) -> str:
    """Return one paragraph a tenant: each promise, whether it held, what was seen; all of it where it did not hold."""
    profiles = {each.tenant: f"{each.profile} {each.version}" for each in proven.subjects}
    blocks = [
        "\n".join([f"{look.paint('name', tenant)}  {profiles[tenant]}", *_lines(list(those), look)])
        for tenant, those in groupby(proven.proofs, key=lambda proof: proof.tenant)
    ]
    cost = f"{look.words(words.tenants(len(proven.subjects)))}, {look.words(words.duration(proven.seconds))}"
    last = f"{look.words(verdict(proven.proofs), 'strong')} ({proven.cloud}, {cost})"
    return "\n\n".join([*blocks, last]) + "\n"


def _lines(proofs: Sequence[Proof], look: Look) -> Iterator[str]:
    for proof in proofs:
        sign, meaning = _SIGNS[proof.verdict]
        yield f"  {look.paint(meaning, sign)} {look.words(proof.promise)}  {look.paint('quiet', f'({proof.origin})')}"
        if look.verbose or proof.verdict is not Verdict.HELD or proof.error:
            yield f"    {look.words(_told(proof), 'quiet')}"
        yield f"    {look.words(proof.seen, 'quiet')}"
        if proof.error:
            yield f"    {look.paint('bad', proof.error.render(look.language)).replace(chr(10), chr(10) + '    ')}"


def _told(proof: Proof) -> Text:
    return say(
        "{verdict}, promised by {key}; tried: {tried}",
        "{verdict}, promis par {key} ; essayé : {tried}",
        verdict=proof.verdict.value,
        key=proof.key,
        tried=proof.tried,
    )


def verdict(proofs: Sequence[Proof]) -> Text:
    """Return all proofs in one sentence: how many held, were broken, could not be tested."""
    amounts = Counter(proof.verdict for proof in proofs)
    parts = [words.counted(amounts[each], *_WORDS[each]) for each in Verdict if amounts[each]]
    if not parts:
        return say("Nothing is promised that can be proven.", "Rien n'est promis qui puisse être prouvé.")
    return say("Promises: {parts}.", "Promesses : {parts}.", parts=words.listed(parts))


def exit_code(proven: Proven) -> int:
    """Return 2 when a promise is broken, 1 when a test failed or left something behind, else 0."""
    if any(proof.verdict is Verdict.BROKEN for proof in proven.proofs):
        return BROKEN
    return UNTESTED if any(proof.error for proof in proven.proofs) else 0
