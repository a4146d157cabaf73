"""Publish: put files where anybody reads them, with what the law asks for, and keep a catalogue of them beside them."""

from provision.publish.catalogue import Catalogue, Published, catalogue, keep, refuse_unlawful
from provision.publish.upload import publish

__all__ = ["Catalogue", "Published", "catalogue", "keep", "publish", "refuse_unlawful"]
