"""What an image says of its signature: the four properties by which Glance and Nova verify it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

PROPERTIES: Final = (
    "img_signature",
    "img_signature_certificate_uuid",
    "img_signature_hash_method",
    "img_signature_key_type",
)


def lacking(image: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which of the four an image lacks; none, of one that is signed. With one missing, nothing is verified at all."""
    return tuple(name for name in PROPERTIES if not image.get(name))
