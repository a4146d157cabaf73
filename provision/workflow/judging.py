"""Audit: profiles without a cloud, tenants by what the cloud has."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from provision import audit as auditing
from provision import who, whole
from provision.declare.specimen import specimen
from provision.errors import CloudError, UsageError
from provision.model.book import Book
from provision.model.event import Listener, Noted, ignore
from provision.model.finding import Access, Audited, Finding
from provision.record import facts as record
from provision.record.anchor import certificate
from provision.record.examine import examine as examine_ledger
from provision.record.examine import worth
from provision.record.keeper import keeper
from provision.text import say
from provision.workflow.question import STATE, Question, connected

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from provision.model.estate import Estate, Profile
    from provision.model.tenant import Tenant


def audit(question: Question, on_event: Listener = ignore) -> Audited:
    """Judge tenants by what the cloud has, over a session that cannot write; what may not be read is said, not guessed."""
    started = time.monotonic()
    with connected(question) as (estate, tenants, cloud):
        eyes = auditing.Eyes.open(cloud, tenants, on_event, _book(estate, on_event))

        tiers = {each.key: auditing.tier(each.profile, estate.profiles) for each in tenants}

        def judged(tenant: Tenant) -> tuple[Finding, ...]:
            return auditing.live(eyes, tenant, tiers[tenant.key])

        # Threads of their own: sources ask `Cloud.each`, which would wait for these in its pool.
        with ThreadPoolExecutor(question.workers, "audit") as pool:
            findings = tuple(chain.from_iterable(pool.map(judged, tenants)))
        audited = Audited(
            cloud.name,
            *_signed(),
            {each.key: (each.profile, each.profile_version) for each in tenants},
            findings,
            eyes.unseen(),
            *eyes.coverage(),
            cloud.requests(),
            time.monotonic() - started,
            tuple(chain.from_iterable(_access(eyes, tenant) for tenant in tenants)),
            tiers=tiers,
            topologies={
                each.key: auditing.topology.found(eyes, each) for each in tenants if not each.retired
            },
        )
        keeper(estate, on_event).note(record.audited(audited))
        return audited


def _access(eyes: auditing.Eyes, tenant: Tenant) -> tuple[Access, ...]:
    """Return who can do what with a tenant; of one that is not there, or where that may not be read, nothing."""
    with suppress(CloudError):
        return auditing.accesses(eyes, tenant)
    return ()


def _book(estate: Estate, on_event: Listener) -> Book:
    """Return what the estate's ledger is worth; its stamps are looked at where documents name their authority."""
    return worth(examine_ledger(estate.directory / STATE, authority=_authority(estate, on_event)))


def _authority(estate: Estate, on_event: Listener) -> Certificate | None:
    """Return the certificate that documents name, or tell a person why not: nothing is dated then."""
    named = estate.values.get("ledger.tsa_certificate")
    try:
        return certificate(estate.directory / named) if named else None
    except UsageError as error:
        on_event(Noted(say("no time stamp is looked at: {error}", "aucun horodatage n'est regardé : {error}", error=error)))  # fmt: skip
        return None


def audit_profiles(names: Sequence[str], profiles: Mapping[str, Profile], folder: Path | None) -> Audited:
    """Judge profiles by the tenants that they would make; no cloud is asked."""
    started = time.monotonic()
    tiers = {name: auditing.tier(name, profiles) for name in names}
    made_up = {name: specimen(name, folder) for name in tiers}
    findings = chain.from_iterable(
        auditing.template(tenant, tiers[name], name) for name, tenant in made_up.items()
    )
    return Audited(
        "",
        *_signed(),
        {name: (name, profiles[name].version) for name in names},
        tuple(findings),
        seconds=time.monotonic() - started,
        tiers=tiers,
        topologies={name: auditing.topology.promised(tenant) for name, tenant in made_up.items()},
    )


def _signed() -> tuple[str, str]:
    """Return when something is made (UTC), and by whom."""
    return datetime.now(UTC).isoformat(timespec="seconds"), who.runs()


def keep_files(files: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """Keep files in a folder (made when it is not there), for their owner's eyes only; return their names."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            say("this is no folder: {why}", "ceci n'est pas un dossier : {why}", why=error.strerror),
            where=str(folder),
        ) from error
    for name, text in files.items():
        whole.write(folder / name, text)
    return tuple(files)
