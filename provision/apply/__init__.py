"""Walk the plan's graph, one step at a time, and mark done only what was seen."""
