"""Nouns: frozen dataclasses with no input or output."""
