"""The only door to OpenStack: connect, count, read-only guard, errors in our own tree."""
