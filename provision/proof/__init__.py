"""Prove on the live cloud what a profile promises: as the tenant, as another tenant, and as anybody on the network.

One file a family of proofs; importing this package finds them all by their being here.
"""

import pkgutil
from importlib import import_module

import provision.resources  # noqa: F401 (registers every kind: proofs ask them what the documents want)
from provision.proof.run import prove

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["prove"]
