"""The launcher: imports once what every service needs, forks one process a service, and buries the dead.

It stays as their parent, so that no zombie is left and the end of a service is noticed. It is started by
`up` with the bound sockets, as ``python -m provision.sandbox.launch FOLDER``; nothing secret is on its
command line.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from provision.sandbox import database, process, serve, state
from provision.sandbox.services import RECIPES
from provision.sandbox.site import PRIVATE_FILE, load, write

if TYPE_CHECKING:
    from provision.sandbox.recipe import Recipe
    from provision.sandbox.site import Site

SOCKETS = "PROVISION_SANDBOX_SOCKETS"
FOLDER = "PROVISION_SANDBOX"
SHARED = (
    "oslo_config.cfg oslo_log.log oslo_db.sqlalchemy.enginefacade oslo_db.sqlalchemy.models oslo_db.options"
    " alembic.command keystonemiddleware.auth_token keystoneauth1.identity.v3 oslo_messaging oslo_policy.policy"
    " oslo_versionedobjects.base oslo_middleware.cors oslo_reports.opts oslo_reports.guru_meditation_report"
    " osprofiler.web oslo_concurrency.processutils oslo_upgradecheck.upgradecheck webob.dec paste.deploy"
    " paste.urlmap routes.middleware jsonschema cryptography.fernet netaddr castellan.key_manager"
    " openstack.connection cheroot.wsgi pecan"
).split()
_GRACE = 2.0
_COLLECT = (20_000, 20, 100)


def main() -> None:
    """Become a process of its own, start the services, and stay until all have ended."""
    folder = Path(sys.argv[1])
    site = load(folder)
    if site is None:
        sys.exit(f"no sandbox is prepared in {folder}")
    if os.fork():
        os._exit(0)
    state.born(folder, state.LAUNCHER, process.identify(os.getpid()))
    listeners = {name: socket.socket(fileno=number) for name, number in json.loads(os.environ[SOCKETS]).items()}
    sys.argv = ["sandbox"]
    alone = [recipe for recipe in RECIPES if recipe.alone]
    pids = {_fork(site, recipe, listeners): recipe.name for recipe in alone}
    _import_shared()
    pids.update({_fork(site, recipe, listeners): recipe.name for recipe in RECIPES if not recipe.alone})
    for listener in listeners.values():
        listener.close()
    _bury(folder, pids)


class _NoGreenThreads:
    """Refuses to import eventlet, as nova on native threads does: libraries then do without it."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse eventlet; know nothing of the others."""
        del path, target
        if name.partition(".")[0] == "eventlet":
            raise ImportError("the sandbox runs on native threads", name=name)


def _import_shared() -> None:
    """Import what the services have in common, on native threads; then freeze it for the forks to share."""
    from oslo_service import backend  # noqa: PLC0415

    sys.meta_path.insert(0, _NoGreenThreads())
    backend.init_backend(backend.BackendType.THREADING)
    for name in SHARED:
        importlib.import_module(name)
    database.keep_connections()
    gc.collect()
    gc.freeze()


def _fork(site: Site, recipe: Recipe, listeners: dict[str, socket.socket]) -> int:
    """Start one service."""
    pid = os.fork()
    if pid:
        state.born(site.folder, recipe.name, process.identify(pid))
        return pid
    code = 1
    try:
        _become(site, recipe, listeners)
        code = 0
    except BaseException:  # noqa: BLE001 - the log must have it, whatever it is
        traceback.print_exc()
    finally:
        os._exit(code)


def _become(site: Site, recipe: Recipe, listeners: dict[str, socket.socket]) -> None:
    """Be one service, from its log to its last request."""
    _redirect(site.path("logs", f"{recipe.name}.log"))
    os.chdir(site.folder)
    os.environ.update(recipe.environment)
    state.reached(site.folder, recipe.name, "loading")
    mine = {recipe.name, *recipe.extra_ports}
    for name in set(listeners) - mine:
        listeners.pop(name).close()
    if recipe.alone:
        _keep_across_exec(listeners)
        recipe.serve(site)
        return
    if recipe.green_library:
        sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _NoGreenThreads)]
    if recipe.many_writers:
        database.write_at_once()
    for module in recipe.modules:
        importlib.import_module(module)
    _make_schema(site, recipe)
    application = recipe.serve(site)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)
    state.reached(site.folder, recipe.name, "serving")
    serve.serve(application, listeners[recipe.name], recipe.threads)


def _keep_across_exec(listeners: dict[str, socket.socket]) -> None:
    """Let the program this process becomes have the sockets."""
    for listener in listeners.values():
        listener.set_inheritable(True)
    os.environ[SOCKETS] = json.dumps({name: listener.detach() for name, listener in listeners.items()})


def _redirect(log: Path) -> None:
    """Send everything that is printed to the log."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)


def _make_schema(site: Site, recipe: Recipe) -> None:
    """Make the database once, in a process of its own: the services keep their configuration global."""
    made = site.path("databases", f"{recipe.name}.made")
    if made.exists():
        return
    state.reached(site.folder, recipe.name, "schema")
    pid = os.fork()
    if not pid:
        _run_schema(site, recipe)
    _, status = os.waitpid(pid, 0)
    if status:
        sys.exit(f"the database of {recipe.name} could not be made")
    write(made, "")
    state.reached(site.folder, recipe.name, "loading")


def _run_schema(site: Site, recipe: Recipe) -> NoReturn:
    """Make the database and end."""
    code = 1
    try:
        recipe.schema(site)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - the log must have it, whatever it is
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _bury(folder: Path, pids: dict[int, str]) -> None:
    """Wait for the services to end; on SIGTERM, end them."""
    signal.signal(signal.SIGTERM, lambda *_: _end(pids))
    while pids:
        pid, status = os.wait()
        name = pids.pop(pid, "")
        if name:
            state.reached(folder, name, "dead", _how(status))


def _how(status: int) -> str:
    """Say how a process ended."""
    if os.WIFSIGNALED(status):
        return f"ended by signal {os.WTERMSIG(status)}"
    return f"ended with status {os.WEXITSTATUS(status)}"


def _end(pids: dict[int, str]) -> NoReturn:
    """End every service that still runs, then this process."""
    left = {pid: process.identify(pid) for pid in pids}
    process.end(tuple(left.values()), grace=_GRACE)
    for pid in left:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    os._exit(0)


if __name__ == "__main__":
    main()
