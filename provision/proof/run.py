"""Which promises a tenant's documents make that can be put to the test, and the test of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provision.cloud.guest import guest
from provision.model.proof import Proof
from provision.proof.containers import prove_publication
from provision.proof.volumes import prove_encryption, prove_nothing_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant


def prove(cloud: Cloud, tenant: Tenant) -> Iterator[Proof]:
    """Put every provable promise of a tenant to the test, as the tenant and as anybody.

    The tenant must have been observed in this run (its ids are in `cloud.ids`), and `cloud` must be allowed to write:
    a moment's user is created for it. Volumes made are removed; the sample dataset of a publisher stays, to be looked at.
    """
    with guest(cloud, tenant) as as_tenant:
        if tenant.values.get("storage.volume.encrypted"):
            yield from prove_encryption(tenant, as_tenant)
            yield from prove_nothing_plain(tenant, as_tenant)
        for name, container in tenant.values.section("object.containers").items():
            if _is_public(container.get("read")):
                yield from prove_publication(tenant, name, as_tenant, cloud.ids.project(tenant.key) or "")


def _is_public(read: object) -> bool:
    return read == "public" or (isinstance(read, list | tuple) and ".r:*" in read)
