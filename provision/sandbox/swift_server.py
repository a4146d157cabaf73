"""The program swift runs as: four servers on green threads, on sockets that were bound before."""

from __future__ import annotations

import eventlet
import eventlet.wsgi

eventlet.monkey_patch()

import json  # noqa: E402 - nothing may be imported before the standard library is patched
import logging  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

from eventlet.green import socket  # noqa: E402
from swift.common import constraints, storage_policy, utils, wsgi  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.container.updater import ContainerUpdater  # noqa: E402

from provision.sandbox import state  # noqa: E402
from provision.sandbox.site import ADDRESS  # noqa: E402
from provision.sandbox.swift import SERVERS, STORES, port_name  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

_SWEEP_SECONDS = 1.0
_IDLE_SECONDS = 120.0
_CLIENTS = 1024
_LOG = logging.getLogger("swift")


def make_rings(folder: Path, ports: Mapping[str, int]) -> None:
    """Write the three rings: everything is on one device."""
    for server in STORES:
        builder = RingBuilder(part_power=2, replicas=1, min_part_hours=0)
        builder.add_dev(
            {
                "id": 0,
                "region": 1,
                "zone": 1,
                "ip": ADDRESS,
                "port": ports[port_name(server)],
                "device": "d1",
                "weight": 1.0,
            }
        )
        builder.rebalance()
        builder.get_ring().save(str(folder / f"{server}.ring.gz"))


def run(folder: Path, server: str, listener: Any) -> None:  # noqa: ANN401 - eventlet's socket
    """Serve one of the four."""
    application = wsgi.loadapp(str(folder / f"{server}.conf"), global_conf={"log_name": server})
    eventlet.wsgi.server(
        listener,
        application,
        utils.NullLogger(),
        custom_pool=eventlet.GreenPool(_CLIENTS),
        protocol=wsgi.SwiftHttpProtocol,
        capitalize_response_headers=False,
        socket_timeout=_IDLE_SECONDS,
        url_length_limit=constraints.MAX_REQUEST_LINE,
    )


def sweep(folder: Path) -> None:
    """Tell accounts how full their containers are, every second: quotas are checked against that."""
    conf = utils.readconf(str(folder / "container.conf"), "container-updater", log_name="container-updater")
    updater = ContainerUpdater(conf, logger=utils.get_logger(conf, "container-updater", log_to_console=True))
    counted: dict[Path, float] = {}
    while True:
        eventlet.sleep(_SWEEP_SECONDS)
        for file in (folder / "devices" / "d1" / "containers").rglob("*.db"):
            changed = _changed(file)
            if counted.get(file) != changed:
                counted[file] = changed
                _count(updater, file)


def _changed(file: Path) -> float:
    """Return when a container last changed; changes wait beside it before they are merged."""
    pending = file.with_name(f"{file.name}.pending")
    return max((each.stat().st_mtime for each in (file, pending) if each.exists()), default=0.0)


def _count(updater: ContainerUpdater, file: Path) -> None:
    """Tell one container's account how full it is."""
    try:
        updater.process_container(str(file))
    except Exception:  # noqa: BLE001 - one container must not stop the counting
        _LOG.exception("the container in %s could not be counted", file)


def main() -> None:
    """Serve until told to end."""
    state_folder = Path(sys.argv[1])
    folder = state_folder / "swift"
    descriptors = json.loads(os.environ["PROVISION_SANDBOX_SOCKETS"])
    listeners = {name: socket.socket(fileno=descriptor) for name, descriptor in descriptors.items()}
    make_rings(folder, {name: listener.getsockname()[1] for name, listener in listeners.items()})
    utils.set_swift_dir(str(folder))
    storage_policy.reload_storage_policies()
    threads = [eventlet.spawn(run, folder, server, listeners[port_name(server)]) for server in SERVERS]
    eventlet.spawn(sweep, folder)
    state.reached(state_folder, "swift", "serving")
    for thread in threads:
        thread.wait()


if __name__ == "__main__":
    main()
