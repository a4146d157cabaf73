"""Which promises a tenant's documents make that can be put to the test, and the test of each."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from provision.cloud.guest import guest
from provision.cloud.neighbour import Neighbour, neighbour
from provision.errors import ProvisionError, QuotaExceeded, ServiceAbsent
from provision.model.event import Listener, Proved, ignore
from provision.model.proof import Proof, Verdict
from provision.proof.promise import Promise, Stage, Unprovable, promises
from provision.text import Text, render

if TYPE_CHECKING:
    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

AT_A_TIME: Final = 3
_NOBODYS_FAULT: Final = (Unprovable, ServiceAbsent, QuotaExceeded)
Case = tuple[Promise, str]


def never() -> bool:
    """Say that nobody asked to stop."""
    return False


def prove(
    cloud: Cloud,
    tenants: Sequence[Tenant],
    stopped: Callable[[], bool] = never,
    on_event: Listener = ignore,
) -> tuple[Proof, ...]:
    """Put every provable promise of some tenants to the test, a few tenants at a time; those that are to go have none.

    The tenants must have been observed in this run (their ids are in `cloud.ids`), and `cloud` must be allowed to write:
    moment's users are created. Everything made is removed, also once `stopped` says yes; what was not tried by then says so.
    Where a moment's user or neighbour cannot be removed, the last proof made with it bears the error.
    """
    known = {tenant.key: cases(tenant) for tenant in tenants}
    told = _counted(on_event, sum(map(len, known.values())))
    proofs: list[Proof] = []
    with _kept(proofs), _neighbourhood(cloud) as next_door, ThreadPoolExecutor(AT_A_TIME, "prove") as pool:
        done = [
            pool.submit(_proofs, cloud, tenant, known[tenant.key], next_door, stopped, told)
            for tenant in tenants
            if known[tenant.key]
        ]
        for each in done:
            proofs += each.result()
    return tuple(proofs)


@contextmanager
def _kept(proofs: list[Proof]) -> Iterator[None]:
    """Keep the proofs made in this block where what they were made with does not go away; the last one bears the error."""
    try:
        yield
    except ProvisionError as error:
        if not proofs:
            raise
        proofs[-1] = replace(proofs[-1], error=error)


def cases(tenant: Tenant) -> list[Case]:
    """Return what a tenant is promised that can be proven, each with its document key; nothing of one that is to go."""
    if tenant.retired:
        return []
    return [(promise, key) for promise in promises() for key in promise.made(tenant)]


def _counted(on_event: Listener, total: int) -> Callable[[Proof], None]:
    """Return what tells a listener of each proof, from whatever thread."""
    lock, done = threading.Lock(), iter(range(1, total + 1))

    def tell(proof: Proof) -> None:
        with lock:
            on_event(Proved(proof.tenant, proof.name, next(done), total))

    return tell


@contextmanager
def _neighbourhood(cloud: Cloud) -> Iterator[Callable[[], Neighbour]]:
    """Yield what makes another tenant when first asked for one, and then returns the same; it is gone at the end."""
    lock, found = threading.Lock(), list[Neighbour | ProvisionError]()
    with ExitStack() as end:

        def next_door() -> Neighbour:
            with lock:
                if not found:
                    try:
                        found.append(end.enter_context(neighbour(cloud)))
                    except ProvisionError as error:
                        found.append(error)
            if isinstance(found[0], ProvisionError):
                raise found[0]
            return found[0]

        yield next_door


def _proofs(  # noqa: PLR0913, PLR0917 (a thread is given all of it)
    cloud: Cloud,
    tenant: Tenant,
    known: Sequence[Case],
    next_door: Callable[[], Neighbour],
    stopped: Callable[[], bool],
    told: Callable[[Proof], None],
) -> list[Proof]:
    proofs: list[Proof] = []
    with _kept(proofs), ExitStack() as end:
        unmet: ProvisionError | None = None
        try:
            as_tenant = cloud if stopped() else end.enter_context(guest(cloud, tenant))
        except ProvisionError as error:
            as_tenant, unmet = cloud, error
        for case in known:
            stage = set_up(tenant, cloud, as_tenant, next_door, stopped)
            proofs.append(tried(case, stage, unmet))
            told(proofs[-1])
    return proofs


def set_up(
    tenant: Tenant,
    operator: Cloud,
    as_tenant: Cloud,
    next_door: Callable[[], Neighbour],
    stopped: Callable[[], bool] = never,
) -> Stage:
    """Return the stage of one test, with a name of its own."""
    name = f"provision-proof-{secrets.token_hex(4)}"
    return Stage(tenant, operator, as_tenant, next_door, stopped, ExitStack(), name)


def tried(case: Case, stage: Stage, unmet: ProvisionError | None = None) -> Proof:
    """Return the proof of one promise; `unmet` is why nobody could be the tenant."""
    promise, key = case
    started = time.monotonic()
    tenant, item = stage.tenant, key.split(".")[-2:][0]
    proof = Proof(
        tenant.key,
        promise.name,
        _about(promise.says, item),
        key,
        tenant.values.origin(key),
        _about(promise.tried, item),
        Text("", ""),
        Verdict.NOT_PROVABLE,
    )
    try:
        with stage.undo:
            _begin(promise, stage, unmet)
            seen = promise.test(stage, key)
            proof = replace(proof, seen=seen.what, verdict=Verdict.HELD if seen.held else Verdict.BROKEN)
    except ProvisionError as error:
        proof = _failed(proof, error)
    return replace(proof, seconds=time.monotonic() - started)


def _begin(promise: Promise, stage: Stage, unmet: ProvisionError | None) -> None:
    """Do nothing where the test may begin. Raises why not."""
    stage.go_on()
    if unmet is not None:
        raise unmet
    stage.operator.api(promise.service)


def _failed(proof: Proof, error: ProvisionError) -> Proof:
    """Return the proof of a test that did not come to its end, or that left something behind."""
    fault = None if isinstance(error, _NOBODYS_FAULT) else error
    if proof.verdict is not Verdict.NOT_PROVABLE:
        return replace(proof, error=error)
    return replace(proof, seen=Text(render(error.what, "en"), render(error.what, "fr")), error=fault)


def _about(text: Text, item: str) -> Text:
    return replace(text, values={**text.values, "item": item})
