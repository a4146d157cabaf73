"""Judge templates and live tenants with the same controls.

Importing this package finds every source and every control by their being there.
"""

import pkgutil
from importlib import import_module

import provision.resources  # noqa: F401 (registers every kind: each is a source)
from provision.audit import controls, sources, topology
from provision.audit.control import checks
from provision.audit.eyes import Eyes
from provision.audit.judge import live, template, tier
from provision.audit.sources.access import accesses

for _room in (sources, controls):
    for _module in pkgutil.iter_modules(_room.__path__):
        import_module(f"{_room.__name__}.{_module.name}")

__all__ = ["Eyes", "accesses", "checks", "live", "template", "tier", "topology"]
