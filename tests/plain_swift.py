"""Another proxy of the sandbox's Swift, whose encryption somebody turned off: what its operator could do behind our back."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

PROXY = """
import sys
import eventlet, eventlet.wsgi
eventlet.monkey_patch()
from eventlet.green import socket
from swift.common import storage_policy, utils, wsgi
utils.set_swift_dir(sys.argv[1])
storage_policy.reload_storage_policies()
listener = eventlet.listen(("127.0.0.1", 0))
application = wsgi.loadapp(sys.argv[2], global_conf={"log_name": "proxy"})
print(listener.getsockname()[1], flush=True)
eventlet.wsgi.server(listener, application, utils.NullLogger(), protocol=wsgi.SwiftHttpProtocol)
"""


@contextmanager
def in_clear(sandbox, folder, operator):
    """Yield the operator's cloud with its object store at a proxy that does not encrypt."""
    conf = (sandbox / "swift" / "proxy.conf").read_text()
    switched_off = conf.replace("[filter:encryption]", "[filter:encryption]\ndisable_encryption = true")
    assert switched_off != conf
    (folder / "proxy.conf").write_text(switched_off)
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        PROXY,
        str(sandbox / "swift"),
        str(folder / "proxy.conf"),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ
    ) as proxy:
        try:
            port = int(proxy.stdout.readline())
            _, _, account = operator.catalogue["object-store"].partition("/v1/")
            elsewhere = replace(operator)
            there = {**operator.catalogue, "object-store": f"http://127.0.0.1:{port}/v1/{account}"}
            elsewhere.__dict__.update(catalogue=there, ids=operator.ids)
            yield elsewhere
        finally:
            proxy.terminate()
