"""Prove on the live cloud what a profile promises: as the tenant, and as anybody on the network."""

from provision.proof.run import prove

__all__ = ["prove"]
