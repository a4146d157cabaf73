"""What we take of the SDK: clouds.yaml, the sign-in, and where a service is; not its cloud layer.

Of `openstack.connection.Connection` only its services' endpoints were ever used, and to read it in is to read in every
resource of every service, a fifth of a start. The SDK's `ServiceDescription` finds an endpoint as well without them, but no
part of its package can be had without the package's own first lines, which import that layer.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from keystoneauth1.adapter import Adapter
    from keystoneauth1.session import Session
    from openstack.config.cloud_region import CloudRegion

PACKAGE: Final = "openstack"
LAYER: Final = "connection"


class _StandIn(MetaPathFinder, Loader):
    """Finds, under the name of the cloud layer, a module that has no more than the name of its class."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        del path, target
        return ModuleSpec(name, self) if name == f"{PACKAGE}.{LAYER}" else None

    def exec_module(self, module: ModuleType) -> None:
        module.Connection = object  # type: ignore[attr-defined]


@contextmanager
def _without_the_layer() -> Iterator[None]:
    """Have the package read in without its cloud layer inside the block; whoever asks for that afterwards gets it."""
    stand_in = _StandIn()
    sys.meta_path.insert(0, stand_in)
    try:
        yield
    finally:
        sys.meta_path.remove(stand_in)
        sys.modules.pop(f"{PACKAGE}.{LAYER}", None)
        package = sys.modules.get(PACKAGE)
        if package is not None and vars(package).pop(LAYER, None):
            package.__getattr__ = _layer  # type: ignore[method-assign]


def _layer(name: str) -> ModuleType:
    """Import the cloud layer when it is first asked for (PEP 562)."""
    if name != LAYER:
        raise AttributeError(f"module {PACKAGE!r} has no attribute {name!r}")
    return import_module(f"{PACKAGE}.{LAYER}")


def _read_in() -> None:
    """Read the SDK in, unless it is; one that needs its layer from its first line on is read in whole."""
    if PACKAGE in sys.modules:
        return
    try:
        with _without_the_layer():
            import_module(PACKAGE)
    except (AttributeError, ImportError):
        import_module(PACKAGE)


_read_in()

from openstack import exceptions  # noqa: E402 (as everything of the SDK, once it is read in)
from openstack.config import OpenStackConfig  # noqa: E402
from openstack.config.loader import CONFIG_FILES  # noqa: E402
from openstack.proxy import Proxy  # noqa: E402
from openstack.service_description import ServiceDescription  # noqa: E402

__all__ = ["CONFIG_FILES", "SERVICES", "Connection", "OpenStackConfig", "exceptions"]


class _Undiscovered(Proxy):
    """Swift tells no versions: what the catalogue says is its endpoint."""

    skip_discovery = True


SERVICES: Final[Mapping[str, ServiceDescription[Proxy]]] = {
    service: ServiceDescription(service, dict.fromkeys(versions, proxy))
    for service, versions, proxy in (
        ("identity", "23", Proxy),
        ("compute", "2", Proxy),
        ("network", "2", Proxy),
        ("block-storage", "23", Proxy),
        ("image", "12", Proxy),
        ("object-store", "1", _Undiscovered),
        ("key-manager", "1", Proxy),
        ("dns", "2", Proxy),
        ("load-balancer", "2", Proxy),
        ("container-infrastructure-management", "1", Proxy),
    )
}
"""The services we speak to, with the major versions that the SDK knows of each."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A cloud of clouds.yaml and a session on it: as much of the SDK's own as its `ServiceDescription` looks at."""

    name: str
    config: CloudRegion
    session: Session
    _proxies: dict[str, Any] = field(default_factory=dict, repr=False)
    _strict_proxies: bool = False

    def adapter(self, service: str) -> Adapter:
        """Find out where a service is and what it can do. Raises the SDK's and keystoneauth's exceptions."""
        return SERVICES[service].__get__(self, type(self))

    def close(self) -> None:
        """End the connections; where clouds.yaml says so, the sign-in is kept for the next run."""
        self.config.set_auth_cache()
        self.session.session.close()
