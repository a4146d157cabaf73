"""A tenant's Swift account as a whole: how much it may hold, and whether anybody can be given a signed address into it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from provision.cloud.shelf import TEMP_URL, harmless, signed
from provision.errors import Forbidden
from provision.kind import Kind, register
from provision.model import quantity
from provision.model.address import Address
from provision.model.document import closed, within, worded
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.quantity import Unit
    from provision.model.tenant import Tenant

NAME: Final = "object-store"
META: Final = "x-account-meta-"
QUOTA: Final = f"{META}quota-bytes"
_PLACES: Final = {"quota": "object.quota", "temp_urls": "object.temp_urls"}


@dataclass(frozen=True)
class AccountSpec:
    """`quota` in bytes, -1 for none; `temp_urls` tells whether it has a key that signs addresses, which is only ever taken away."""

    quota: int | None = None
    temp_urls: bool | None = None


@register
class Account(Kind[AccountSpec]):
    """Always there once the project is. Its quota is the reseller's to set, whoever the tenant's people are.

    Of a temp-URL key only its presence is read. A retired tenant's account has no quota and no key.
    """

    name = "account"
    title = say("object store account", "compte de stockage objet")
    service = "object-store"
    spec = AccountSpec
    stays = True
    units: ClassVar[Mapping[str, Unit]] = {"quota": "B"}
    document = within(
        "object",
        closed(
            {
                "quota": worded(
                    say(
                        "How much all containers together may hold",
                        "Ce que tous les conteneurs ensemble peuvent contenir",
                    ),
                    {"quota": "B", "sized": True},
                ),
                "temp_urls": worded(
                    say(
                        "Whether files may be given away by signed addresses; false takes every such key away",
                        "Si des fichiers peuvent être donnés par adresses signées ; false retire toute clé",
                    ),
                    {"type": "boolean"},
                ),
            }
        ),
    )

    def concerns(self, tenant: Tenant) -> bool:
        """Tell whether documents speak of one: reading costs a call a tenant."""
        return any(tenant.values.get(place) is not None for place in _PLACES.values())

    def desire(self, tenant: Tenant) -> Iterator[Desired[AccountSpec]]:
        """Want what ``object.quota`` and ``object.temp_urls`` say; of a retired tenant, that nothing stays behind."""
        if not self.concerns(tenant):
            return
        retired = tenant.retirement()
        yield Desired(
            Address(self.name, tenant.key, NAME),
            AccountSpec() if retired else _wanted(tenant),
            tenant.values.origin("object"),
            frozenset({Address("project", tenant.key, tenant.key)}),
            {field: tenant.values.origin(place) for field, place in _PLACES.items()},
            retired,
        )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[AccountSpec]]:
        """Ask once a project (Swift has no list of accounts), concurrently."""
        projects = cloud.ids.projects(tenants)
        cloud.api(self.service)
        with _reseller():
            answers = cloud.each(lambda project: cloud.account(project).head(""), projects)
            for (project, tenant), headers in zip(projects.items(), answers, strict=True):
                yield self._live(tenant, project, headers)

    def _live(self, tenant: str, project: str, headers: Mapping[str, str]) -> Live[AccountSpec]:
        said = {key.lower(): value for key, value in headers.items()}
        limit = said.get("x-account-quota-bytes") or said.get(QUOTA) or quantity.UNLIMITED
        spec = AccountSpec(int(limit), signed(said, META))
        return Live(Address(self.name, tenant, NAME), project, spec, owned=True, raw=harmless(headers))

    def create(self, cloud: Cloud, want: Desired[AccountSpec]) -> None:
        """Say everything that is managed."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        _post(cloud, project, want.spec)

    def update(self, cloud: Cloud, have: Live[AccountSpec], want: Desired[AccountSpec]) -> None:
        """Say it again: one request, which answers with nothing."""
        _post(cloud, have.id, want.spec)

    def delete(self, cloud: Cloud, have: Live[AccountSpec]) -> None:
        """Take quota and keys away; its containers are the tenant's."""
        _post(cloud, have.id, AccountSpec(quantity.UNLIMITED, temp_urls=False))


def _wanted(tenant: Tenant) -> AccountSpec:
    said = quantity.quota(tenant.values.get(_PLACES["quota"]) or "unmanaged", "B")
    limit = quantity.UNLIMITED if said == "default" else said
    forbidden = tenant.values.get(_PLACES["temp_urls"]) is False
    return AccountSpec(None if isinstance(limit, str) else limit, False if forbidden else None)


def _post(cloud: Cloud, project: str, spec: AccountSpec) -> None:
    said: dict[str, str] = {}
    if spec.quota is not None:
        said[QUOTA] = "" if spec.quota == quantity.UNLIMITED else str(spec.quota)
    if spec.temp_urls is False:
        said |= {f"{META}{TEMP_URL}": "", f"{META}{TEMP_URL}-2": ""}
    with _reseller():
        cloud.account(project).send("POST", "", headers=said)


@contextmanager
def _reseller() -> Iterator[None]:
    """Add to a refusal what a person can do."""
    try:
        yield
    except Forbidden as error:
        error.do = say(
            "only Swift's reseller role (often ResellerAdmin) sets quotas and enters the accounts of others: have it granted",
            "seul le rôle de revendeur de Swift (souvent ResellerAdmin) fixe les quotas et entre dans les comptes des autres : le faire accorder",
        )
        raise
