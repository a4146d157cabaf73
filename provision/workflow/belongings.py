"""What is one tenant's own: its people's accounts, and its keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from provision.errors import Forbidden, NotFound, Refused
from provision.keyring import Ring
from provision.model.event import ignore
from provision.model.key import KeyPolicy
from provision.record import facts as record
from provision.record.keeper import keeper
from provision.text import say
from provision.welcome import welcome
from provision.workflow.question import Question, connected

if TYPE_CHECKING:
    from provision.cloud.connect import Cloud
    from provision.model.sign_in import HandedOver
    from provision.model.tenant import Tenant


def issue_account(question: Question, account: str, path: Path, *, again: str | None = None) -> HandedOver:
    """Hand the first sign-in of an account of the one tenant asked about over, in a file; `again` is why another time.

    Raises `Refused`, `UsageError`, and `ProvisionError` where it cannot be recorded: nothing opens the account then.
    """
    with connected(question) as (estate, (tenant,), cloud):
        book = keeper(estate, ignore).ledger

        def note(done: HandedOver) -> None:
            book.add([record.issued(cloud.name, done)])

        return welcome(cloud, tenant, account, path, again=again, note=note)


@contextmanager
def key_ring(question: Question, *, writing: bool = False) -> Iterator[Ring]:
    """Yield the keys of the one tenant asked about, for somebody who works in its project.

    Raises `Refused` for credentials of another project: a ring is the tenant's, and no operator's errand.
    """
    with connected(question) as (_, (tenant,), cloud):
        _works_in(cloud, tenant)
        with cloud.writing() if writing else nullcontext():
            yield Ring(cloud, tenant.key, KeyPolicy.of(tenant))


def _works_in(cloud: Cloud, tenant: Tenant) -> None:
    """Raise `Refused` unless the credentials are of a tenant's project, as that says itself."""
    try:
        project = cloud.identity.get(f"/projects/{cloud.project}")["project"]
    except (Forbidden, NotFound):
        project = {"name": cloud.project, "tags": ()}
    if cloud.owner.tenant(list(project["tags"])) != tenant.key:
        raise Refused(
            say(
                "these credentials work in the project {project}, which is not that of {tenant}",
                "ces identifiants travaillent dans le projet {project}, qui n'est pas celui de {tenant}",
                project=project["name"],
                tenant=tenant.key,
            ),
            where=cloud.name,
            do=say(
                "take those of a member of the tenant, scoped to its project, with --cloud or OS_* variables",
                "prendre ceux d'un membre du locataire, dans son projet, par --cloud ou les variables OS_*",
            ),
        )
