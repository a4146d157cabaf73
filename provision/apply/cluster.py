"""The crew of a Dask cluster. Nothing of Dask is imported before somebody asks for it.

What goes to the cluster is who wants what and which ids that has; what comes back is what became of it. Who may do so is
the business of certificates (docs/cluster.md): an address in plain tcp is refused unless it never leaves this machine.
"""

from __future__ import annotations

import ipaddress
import logging
import uuid
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import provision
from provision.apply.job import Brought, Job, bring
from provision.errors import ClusterError, ProvisionError, UnknownOutcome, UsageError
from provision.text import Text, say

if TYPE_CHECKING:
    from distributed import Client
    from distributed.cfexecutor import ClientExecutor
    from distributed.security import Security

ARRIVAL: Final = 30  # seconds for the first worker to be there
PATIENCE: Final = 5  # seconds for a scheduler that answered before to answer again
PAGE: Final = say("docs/cluster.md says how", "docs/cluster.md dit comment")


@dataclass(slots=True)
class Cluster:
    """A crew of Dask workers; `lost` once its scheduler is."""

    address: str
    client: Client
    executor: ClientExecutor
    run: str = field(default_factory=lambda: uuid.uuid4().hex)
    given_up: bool = False

    def lost(self) -> bool:
        """Tell whether nothing can be sent any more; there is no way back, the scheduler forgot what it had."""
        self.given_up = self.given_up or bool(self.client.status != "running")
        return self.given_up

    def send(self, job: Job) -> Future[Brought]:
        """Have a job made by one of the workers; should that one die, Dask has another make it."""
        sent: Future[Brought] = self.executor.submit(on_worker, job, key=job.mark)
        return sent

    def forget(self, job: Job) -> None:
        """Take the job's mark off the scheduler, which may be gone without our knowing it yet."""
        if self.lost():
            return
        try:
            self.client.sync(self.client.scheduler.event_clear, name=job.mark, callback_timeout=PATIENCE)
        except OSError:  # a time-out is one
            self.given_up = True

    def gone(self, job: Job, error: BaseException) -> ProvisionError:
        """Return what became of a job that did not come back. Raises the error itself when it is a defect."""
        from distributed.scheduler import KilledWorker, NoValidWorkerError, NoWorkerError  # noqa: PLC0415 (an extra)

        if isinstance(error, KilledWorker):
            return _unknown(
                job,
                say(
                    "{n} worker processes died one after the other over this tenant",
                    "{n} processus worker sont morts l'un après l'autre sur ce locataire",
                    n=error.allowed_failures + 1,
                ),
            )
        if isinstance(error, NoWorkerError | NoValidWorkerError):
            self.given_up = True
            return _unknown(job, say("the cluster has no worker left", "le cluster n'a plus de worker"))
        if isinstance(error, CancelledError | OSError):
            self.given_up = True
            return _unknown(
                job,
                say(
                    "the scheduler at {address} was lost",
                    "le scheduler {address} a été perdu",
                    address=self.address,
                ),
            )
        raise error


def on_worker(job: Job) -> Brought:
    """Make a job in a worker process; begun there, or begun again where another died over it."""
    from distributed import Event, get_worker  # noqa: PLC0415 (an extra)
    from distributed.worker import WORKER_ANY_RUNNING  # noqa: PLC0415

    worker = get_worker()
    key = worker.get_current_task()

    def dropped() -> bool:
        """Tell whether nobody waits for this any more: no scheduler, or none that still wants it (its coordinator left)."""
        task = worker.state.tasks.get(key)
        return worker.status not in WORKER_ANY_RUNNING or task is None or task.state != "executing"

    mark = Event(job.mark)
    again = mark.is_set()
    mark.set()
    return bring(job, again=again, stop=dropped, jobs=worker.state.nthreads)


@contextmanager
def gathered(address: str) -> Iterator[Cluster]:
    """Connect to a scheduler (``tls://host:port``) that has a worker of our version.

    Raises `UsageError` for an address in plain tcp off this machine, missing certificates or a missing extra, and
    `ClusterError` when nobody answers.
    """
    refuse_plain(address, "--scheduler")
    client = _client(address)
    try:
        _inspect(client, address)
        yield Cluster(address, client, client.get_executor(pure=False))
    finally:
        client.close(timeout=PATIENCE)


def refuse_plain(address: str, where: str) -> None:
    """Raise `UsageError` for an address over which tasks would travel in the clear, or to anybody."""
    split = urlsplit(address if "://" in address else f"tcp://{address}")
    if split.scheme == "tls" and split.hostname:
        return
    if split.scheme == "tcp" and _on_this_machine(split.hostname or ""):
        return
    raise UsageError(
        say(
            "{address} is neither tls:// nor on this machine (tcp://127.0.0.1)",
            "{address} n'est ni en tls:// ni sur cette machine (tcp://127.0.0.1)",
            address=address,
        ),
        where=where,
        do=say(
            "run scheduler and workers with certificates, and write tls://host:port; {page}",
            "lancer scheduler et workers avec des certificats, et écrire tls://hôte:port ; {page}",
            page=PAGE,
        ),
    )


def _on_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _client(address: str) -> Client:
    try:
        from distributed import Client  # noqa: PLC0415 (an extra)
        from distributed.security import Security  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(
            say("Dask is not installed here ({error})", "Dask n'est pas installé ici ({error})", error=error),
            where="--engine dask",
            do=say("pip install 'provision[cluster]'", "pip install 'provision[cluster]'"),
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it would say, we say
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    security = Security(require_encryption=address.startswith("tls://"))
    if address.startswith("tls://"):
        _need_certificates(security, address)
    try:
        return Client(address, security=security, set_as_default=False)
    except OSError as error:
        raise _silent(address, error) from error


def _need_certificates(security: Security, address: str) -> None:
    if None in {security.tls_ca_file, security.tls_client_cert}:
        raise UsageError(
            say("no certificates are configured for it", "aucun certificat n'est configuré pour cela"),
            where=address,
            do=say(
                "set distributed.comm.tls.ca-file, .client.cert and .client.key in Dask's configuration; {page}",
                "régler distributed.comm.tls.ca-file, .client.cert et .client.key dans la configuration de Dask ; {page}",
                page=PAGE,
            ),
        )


def _silent(address: str, error: Exception) -> ClusterError:
    return ClusterError(
        say("no scheduler answers: {error}", "aucun scheduler ne répond : {error}", error=error),
        where=address,
        do=say(
            "check that it runs, and that both sides have certificates of one authority; {page}",
            "vérifier qu'il tourne, et que les deux côtés ont des certificats d'une même autorité ; {page}",
            page=PAGE,
        ),
    )


def _inspect(client: Client, address: str) -> None:
    """Raise `ClusterError` unless there are workers, all of our version, and `UsageError` when one is talked to in the clear."""
    try:
        client.wait_for_workers(1, timeout=ARRIVAL)
        versions = client.run(installed, on_error="return")
    except (OSError, CancelledError) as error:
        raise _no_worker(address, error) from error
    for worker, version in versions.items():
        refuse_plain(worker, worker)
        if version != provision.__version__:
            raise _other_version(worker, version)


def installed() -> str:
    """Return the version of `provision` that a worker has."""
    return provision.__version__


def _no_worker(address: str, error: Exception) -> ClusterError:
    return ClusterError(
        say("the cluster has no worker: {error}", "le cluster n'a pas de worker : {error}", error=error),
        where=address,
        do=say("start some: dask worker …; {page}", "en lancer : dask worker … ; {page}", page=PAGE),
    )


def _other_version(worker: str, version: object) -> ClusterError:
    return ClusterError(
        say(
            "this worker does not run provision {ours}: {theirs}",
            "ce worker n'exécute pas provision {ours} : {theirs}",
            ours=provision.__version__,
            theirs=version,
        ),
        where=worker,
        do=say("install the same version everywhere", "installer partout la même version"),
    )


def _unknown(job: Job, why: Text) -> UnknownOutcome:
    return UnknownOutcome(
        why,
        where=job.tenant,
        do=say(
            "apply again: what was created is found by its marker",
            "relancer apply : ce qui a été créé sera retrouvé par son marqueur",
        ),
    )
