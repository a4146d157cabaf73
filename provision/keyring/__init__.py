"""A tenant's ring of keys in Barbican: list, create, import, rotate, seal, destroy. Everything as the tenant, nothing as an administrator.

A key is a secret whose name says which generation of which key it is, and bears our mark: ``payments/2 [provision:key/acme/payments
g:1f0c9a2e]``. Its successor has the next number; former generations stay readable until they are destroyed. No state is kept
anywhere else, and what a key holds passes through here only when the tenant brings its own.
"""

from provision.keyring.bring import Brought, read
from provision.keyring.ring import Ring

__all__ = ["Brought", "Ring", "read"]
