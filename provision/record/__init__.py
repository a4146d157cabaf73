"""Who did what, when, under which plan: an append-only ledger that shows when somebody touched it."""
