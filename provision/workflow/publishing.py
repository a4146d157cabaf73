"""Publish files and catalogues of open data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from provision import publish
from provision.cloud.connect import Cloud, connect
from provision.cloud.others import project_of
from provision.errors import UsageError
from provision.publish import Published
from provision.text import say
from provision.workflow.question import Question, connected

if TYPE_CHECKING:
    from provision.cloud.api import Api


def publish_files(container: str, files: Sequence[Path], *, cloud: str | None) -> Published:
    """Put files into a public container of our own project, and renew its catalogue; takes no estate and no admin.

    Raises `Refused` for a container that does not say what the law asks for: nothing is written then.
    """
    with _own_account(cloud) as (own, account), own.writing():
        publish.refuse_unlawful(account, container)
        done = tuple(publish.publish(account, container, file) for file in files)
        made = publish.catalogue(own, account)
        return Published(made, done, written=publish.keep(account, made))


def catalogue(question: Question, tenant: str | None, *, kept: bool) -> Published:
    """Make the catalogue of what a tenant publishes (none named: our own project), and publish it where it is to be `kept`."""
    with _account_of(question, tenant) as (cloud, account):
        made = publish.catalogue(cloud, account)
        if not kept:
            return Published(made)
        with cloud.writing():
            return Published(made, written=publish.keep(account, made))


@contextmanager
def _account_of(question: Question, tenant: str | None) -> Iterator[tuple[Cloud, Api]]:
    if tenant is None:
        with _own_account(question.cloud) as own:
            yield own
        return
    with connected(replace(question, tenants=(tenant,))) as (_, _, cloud):
        yield cloud, cloud.account(project_of(cloud, tenant))


@contextmanager
def _own_account(cloud: str | None) -> Iterator[tuple[Cloud, Api]]:
    """Yield the cloud and the account of the project that our credentials are of. Raises `UsageError` for those of none."""
    with closing(connect(cloud, estate="")) as own:
        if own.project is None:
            raise UsageError(
                say("these credentials are of no project", "ces identifiants ne sont d'aucun projet"),
                where=own.name,
                do=say(
                    "name the project in clouds.yaml, or OS_PROJECT_NAME",
                    "nommer le projet dans clouds.yaml, ou OS_PROJECT_NAME",
                ),
            )
        yield own, own.account(own.project)
