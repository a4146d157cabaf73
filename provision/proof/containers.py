"""A publisher's datasets: anybody reads them over plain HTTP without a token, nobody else writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.cloud.anybody import anybody
from provision.model.proof import Proof
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

SAMPLE: Final = "exemple.csv"
DATASET: Final = b"commune;annee;population\nExempleville;2026;12345\n"
OK: Final = 200
REFUSED: Final = frozenset({401, 403})


def prove_publication(tenant: Tenant, container: str, as_tenant: Cloud, project: str) -> Iterator[Proof]:
    """Publish a sample as the tenant; read it as anybody; try to overwrite it as anybody."""
    account = as_tenant.account(project)
    account.send(
        "PUT", f"/{container}/{SAMPLE}", content=DATASET, headers={"Content-Type": "text/csv; charset=utf-8"}
    )
    address = f"{account.endpoint}/{container}/{SAMPLE}"
    read = anybody("GET", address)
    yield Proof(
        tenant.key,
        say("anybody reads the dataset, without a token", "n'importe qui lit le jeu de données, sans jeton"),
        read.status == OK and read.body == DATASET,
        say(
            "GET {address} → {status}, {count} bytes",
            "GET {address} → {status}, {count} octets",
            address=address,
            status=read.status,
            count=len(read.body),
        ),
    )
    write = anybody("PUT", address, b"forged")
    untouched = anybody("GET", address).body == DATASET
    yield Proof(
        tenant.key,
        say("nobody else writes it", "personne d'autre ne l'écrit"),
        write.status in REFUSED and untouched,
        say(
            "PUT {address} without a token → {status}",
            "PUT {address} sans jeton → {status}",
            address=address,
            status=write.status,
        ),
    )
