"""Run a command and write what it took, as JSON, into a file: `python spawn.py FILE COMMAND…`.

A process of its own and a small one, because Linux counts to a child's peak what its parent held when it was made.
"""

import json
import os
import sys
import time

began = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
took = {
    "wall": time.perf_counter() - began,
    "cpu": used.ru_utime + used.ru_stime,
    "peak": used.ru_maxrss / 1024,
    "status": os.waitstatus_to_exitcode(status),
}
with open(sys.argv[1], "w", encoding="utf-8") as file:  # noqa: PTH123 (pathlib would be most of this process)
    json.dump(took, file)
