"""The controls: one file a family of the catalogue."""
