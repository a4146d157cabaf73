"""The launcher: imports once what every service needs, forks one process a service, and buries the dead.

It stays as their parent, so that no zombie is left and the end of a service is noticed. It is started by
`up` with the bound sockets, as ``python -m provision.sandbox.launch FOLDER``; nothing secret is on its
command line.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from provision.sandbox import database, process, serve, state
from provision.sandbox.services import chosen
from provision.sandbox.site import PRIVATE_FILE, load, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from provision.sandbox.recipe import Recipe
    from provision.sandbox.site import Site

SOCKETS = "PROVISION_SANDBOX_SOCKETS"
SHARED = (
    "oslo_config.cfg",
    "oslo_log.log",
    "oslo_db.sqlalchemy.enginefacade",
    "oslo_db.sqlalchemy.models",
    "oslo_db.options",
    "alembic.command",
    "keystonemiddleware.auth_token",
    "keystoneauth1.identity.v3",
    "oslo_messaging",
    "oslo_policy.policy",
    "oslo_versionedobjects.base",
    "oslo_middleware.cors",
    "oslo_reports.opts",
    "oslo_reports.guru_meditation_report",
    "osprofiler.web",
    "oslo_concurrency.processutils",
    "oslo_upgradecheck.upgradecheck",
    "webob.dec",
    "paste.deploy",
    "paste.urlmap",
    "routes.middleware",
    "jsonschema",
    "cryptography.fernet",
    "netaddr",
    "castellan.key_manager",
    "openstack.connection",
    "cheroot.wsgi",
    "pecan",
)
_GRACE = 2.0
_COLLECT = (
    20_000,
    20,
    100,
)  # the services make many short-lived objects: collect more rarely than Python would


@dataclass(slots=True)
class Launcher:
    """The parent of the services of one sandbox."""

    site: Site
    listeners: dict[str, socket.socket]
    names: dict[int, str] = field(default_factory=dict)

    def fork(self, recipe: Recipe) -> None:
        """Start one service; a signal to end waits until its pid is known."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            _leave(lambda: become(self.site, recipe, self.listeners))
        self.names[pid] = recipe.name
        state.born(self.site.folder, recipe.name, process.identify(pid))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

    def start(self) -> None:
        """Start every service; those that share nothing go first."""
        signal.signal(signal.SIGTERM, lambda *_: self.end())
        recipes = chosen(self.site)
        for recipe in recipes:
            if recipe.alone:
                self.fork(recipe)
        import_shared()
        for recipe in recipes:
            if not recipe.alone:
                self.fork(recipe)
        for listener in self.listeners.values():
            listener.close()

    def bury(self) -> None:
        """Wait for the services to end, and note how each did."""
        while self.names:
            pid, status = os.wait()
            name = self.names.pop(pid, "")
            if name:
                state.reached(self.site.folder, name, "dead", how(status))

    def end(self) -> NoReturn:
        """End every service that still runs, then this process."""
        process.end(tuple(process.identify(pid) for pid in self.names), grace=_GRACE)
        os._exit(0)


def main() -> None:
    """Become a process of its own, start the services, and stay until all have ended."""
    site = load(Path(sys.argv[1]))
    if site is None:
        sys.exit(f"no sandbox is prepared in {sys.argv[1]}")
    pid = os.fork()
    if pid:
        state.born(site.folder, state.LAUNCHER, process.identify(pid))
        os._exit(0)
    sys.argv = ["provision-sandbox"]  # the services read their command line
    sockets = json.loads(os.environ[SOCKETS])
    launcher = Launcher(site, {name: socket.socket(fileno=number) for name, number in sockets.items()})
    launcher.start()
    launcher.bury()


def how(status: int) -> str:
    """Say how a process ended."""
    if os.WIFSIGNALED(status):
        return f"was ended by signal {os.WTERMSIG(status)}"
    return f"ended with status {os.WEXITSTATUS(status)}"


class NoGreenThreads:
    """Refuses to import eventlet, as nova on native threads does: libraries then do without it."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse eventlet; know nothing of the others."""
        del path, target
        if name.partition(".")[0] == "eventlet":
            raise ImportError("the sandbox runs on native threads", name=name)


def import_shared() -> None:
    """Import what the services have in common, on native threads; then freeze it for the forks to share."""
    backend: Any = importlib.import_module("oslo_service.backend")
    sys.meta_path.insert(0, NoGreenThreads())
    backend.init_backend(backend.BackendType.THREADING)
    for name in SHARED:
        importlib.import_module(name)
    database.keep_connections()
    gc.collect()
    gc.freeze()


def become(site: Site, recipe: Recipe, listeners: dict[str, socket.socket]) -> None:
    """Be one service, from its log to its last request."""
    redirect(site.path("logs", f"{recipe.name}.log"))
    os.chdir(site.folder)
    os.environ.update(recipe.environment)
    state.reached(site.folder, recipe.name, "loading")
    mine = {name: listeners.pop(name) for name in (recipe.name, *recipe.extra_ports)}
    for listener in listeners.values():
        listener.close()
    if recipe.alone:
        keep_across_exec(mine)
        recipe.serve(site)
    load_and_serve(site, recipe, mine[recipe.name])


def load_and_serve(site: Site, recipe: Recipe, listener: socket.socket) -> None:
    """Import the service, make its database when it has none, and answer."""
    if recipe.green_library:
        sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, NoGreenThreads)]
    if recipe.many_writers:
        database.write_at_once()
    for module in recipe.modules:
        importlib.import_module(module)
    make_schema(site, recipe)
    application = recipe.serve(site)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)
    state.reached(site.folder, recipe.name, "serving")
    serve.serve(application, listener, recipe.threads)


def keep_across_exec(listeners: dict[str, socket.socket]) -> None:
    """Let the program this process becomes have the sockets."""
    for listener in listeners.values():
        listener.set_inheritable(True)
    os.environ[SOCKETS] = json.dumps({name: listener.detach() for name, listener in listeners.items()})


def redirect(log: Path) -> None:
    """Send everything that is printed to the log."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)


def make_schema(site: Site, recipe: Recipe) -> None:
    """Make the database once, in a process of its own: the services keep their configuration global."""
    made = site.path("databases", f"{recipe.name}.made")
    if made.exists():
        return
    state.reached(site.folder, recipe.name, "schema")
    pid = os.fork()
    if not pid:
        _leave(lambda: recipe.schema(site))
    _, status = os.waitpid(pid, 0)
    if status:
        sys.exit(f"the making of the database of {recipe.name} {how(status)}")
    write(made, "")
    state.reached(site.folder, recipe.name, "loading")


def _leave(work: Callable[[], None]) -> NoReturn:
    """Do the work of a forked process and end it, whatever happens; its log has what went wrong."""
    code = 1
    try:
        work()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        traceback.print_exc()
    except BaseException:  # noqa: BLE001 - the log must have it, and the parent's code must not run on
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
