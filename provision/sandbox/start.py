"""Starting a sandbox: prepare its folder, launch the services, wait until each answers an authenticated call."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from provision.errors import SandboxError
from provision.sandbox import clouds, database, golden, look, ports, state, stop, swift
from provision.sandbox.report import Event, ignore
from provision.sandbox.rest import Admin
from provision.sandbox.services import chosen
from provision.sandbox.site import LOCK, Secrets, Site, is_ours, load, locked, make_folder, save, write
from provision.text import say

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable

    from provision.sandbox.recipe import Recipe
    from provision.sandbox.report import Service

_PATIENCE = 300.0
_POLL = 0.05
_OK = 400


@dataclass(frozen=True, slots=True)
class _Start:
    """One start of one sandbox."""

    site: Site
    fresh: bool
    begun: float
    on_event: Callable[[Event], None]
    lock: threading.Lock
    given_up: threading.Event

    def say(self, service: str, reached: str, detail: str = "") -> None:
        """Tell who listens, one event at a time."""
        with self.lock:
            self.on_event(Event(service, reached, detail, time.monotonic() - self.begun))


def up(
    folder: Path, more: Iterable[str] = (), *, on_event: Callable[[Event], None] = ignore
) -> tuple[Service, ...]:
    """Start a sandbox, or find that it runs; return once every service answers authenticated calls.

    `more` names services that not every sandbox has, as the catalogue does (``dns``, ``load-balancer``): a sandbox has
    for ever those that it was first started with.
    """
    begun = time.monotonic()
    folder = folder.absolute()
    asked = Site(folder, {}, Secrets(), tuple(sorted(set(more))))
    golden.cache(chosen(asked))
    _take(folder)
    with locked(folder / LOCK):
        _agrees(folder, asked)
        services = look.status(folder)
        if all(service.state == "up" for service in services) and _answers(folder):
            return services
        for service in services:
            if service.state == "dead":
                on_event(Event(service.name, "dead", look.last_words(folder, service.name)))
        stop.end_all(folder)
        try:
            _start(load(folder) or asked, on_event, begun)
        except BaseException:
            stop.end_all(folder)
            raise
        return look.status(folder)


def _agrees(folder: Path, asked: Site) -> None:
    """Do nothing where a sandbox has what it is asked to have, or was never started. Raises `SandboxError`."""
    before = load(folder)
    lacking = set(asked.more) - set(before.more) if before else set()
    if lacking:
        raise SandboxError(
            say(
                "this sandbox was made without {services}",
                "ce bac à sable a été fait sans {services}",
                services=", ".join(sorted(lacking)),
            ),
            where=str(folder),
            do=say(
                "delete it first (`provision sandbox reset`), or start another (--name)",
                "le supprimer d'abord (`provision sandbox reset`), ou en démarrer un autre (--name)",
            ),
        )


def _answers(folder: Path) -> bool:
    """Tell whether every service that runs answers an authenticated call."""
    site = load(folder)
    if site is None:
        return False
    admin = Admin(site)
    try:
        admin.login()
        for recipe in chosen(site):
            _probe(site, recipe, admin)
    except (OSError, SandboxError):
        return False
    return True


def _take(folder: Path) -> None:
    """Take a folder for a sandbox, unless it holds something else."""
    if folder.is_dir() and not is_ours(folder) and any(entry.name != LOCK for entry in folder.iterdir()):
        raise SandboxError(
            say(
                "the folder holds something else than a sandbox",
                "le dossier contient autre chose qu'un bac à sable",
            ),
            where=str(folder),
            do=say("name a new folder, or an empty one", "nommez un dossier nouveau, ou vide"),
        )
    make_folder(folder)


def _start(asked: Site, on_event: Callable[[Event], None], begun: float) -> None:
    """Start everything and wait."""
    names = [name for recipe in chosen(asked) for name in (recipe.name, *recipe.extra_ports)]
    sockets = ports.bind_all(names, asked.ports)
    try:
        site = replace(asked, ports=ports.numbers(sockets))
        save(site)
        restored = _prepare(site)
        start = _Start(site, not _complete(site), begun, on_event, threading.Lock(), threading.Event())
        start.say("sandbox", "prepared", "golden" if restored else "")
        _launch(site, sockets)
    finally:
        for listener in sockets.values():
            listener.close()
    _await(start)
    if start.fresh:
        write(site.path("databases", "complete"), "")
        golden.store(site)


def _complete(site: Site) -> bool:
    """Tell whether the cloud was made and seeded before."""
    return site.path("databases", "complete").exists()


def _prepare(site: Site) -> bool:
    """Fill the folder: configuration, databases; say whether they are golden ones."""
    recipes = chosen(site)
    for name in (*stop.FOLDERS, *(name for recipe in recipes for name in (recipe.name, *recipe.folders))):
        make_folder(site.path(name))
    swift.check(site)
    state.clear(site.folder)
    restored = False
    if not _complete(site):
        shutil.rmtree(site.path("databases"))
        make_folder(site.path("databases"))
        restored = golden.restore(site)
    if restored:
        write(site.path("databases", "complete"), "")
    if _complete(site):
        golden.relocate(site, passwords=restored)
    else:
        database.make_files(site.path("databases"), [name for recipe in recipes for name in recipe.databases])
    for recipe in recipes:
        for name, text in recipe.configure(site).items():
            write(site.path(name), text)
    clouds.write_file(site)
    return restored


def _launch(site: Site, sockets: dict[str, socket.socket]) -> None:
    """Start the launcher; it becomes a process of its own at once."""
    descriptors = {name: listener.fileno() for name, listener in sockets.items()}
    log = site.path("logs", "launcher.log")
    with log.open("ab") as stream:
        log.chmod(0o600)
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "provision.sandbox.launch", str(site.folder)],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
            pass_fds=tuple(descriptors.values()),
            cwd=site.folder,
            env=_environment(site, descriptors),
        )


def _environment(site: Site, descriptors: dict[str, int]) -> dict[str, str]:
    """Return the environment of the services: nothing of the caller's cloud, no proxy, a home of their own."""
    dropped = (
        "OS_",
        "XDG_",
        "PYTHONPATH",
        "PYTHONDONTWRITEBYTECODE",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "LISTEN_",
        "PYTEST",
    )
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(dropped)}
    package = Path(__file__).parents[2]
    installed = package == Path(sysconfig.get_path("purelib"))
    paths = ["" if installed else str(package), os.environ.get("PYTHONPATH", "")]
    return {
        **kept,
        "HOME": str(site.path("home")),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONSAFEPATH": "1",
        "PYTHONWARNINGS": "ignore",
        "NO_PROXY": "127.0.0.1",
        "PROVISION_SANDBOX": str(site.folder),
        "PROVISION_SANDBOX_SOCKETS": json.dumps(descriptors),
    }


def _await(start: _Start) -> None:
    """Wait for every service at once; the first that dies ends the start."""
    recipes = chosen(start.site)
    with ThreadPoolExecutor(len(recipes)) as pool:
        waiting = [pool.submit(_bring, start, recipe) for recipe in recipes]
        try:
            for one in as_completed(waiting):
                one.result()
        except BaseException:
            start.given_up.set()
            stop.end_all(start.site.folder)
            raise


def _bring(start: _Start, recipe: Recipe) -> None:
    """Follow one service until it answers, and seed it."""
    _follow(start, recipe)
    if start.given_up.is_set():
        return
    admin = Admin(start.site)
    try:
        admin.login()
        if start.fresh and recipe.seed is not None:
            start.say(recipe.name, "seeding")
            recipe.seed(admin)
        _probe(start.site, recipe, admin)
    except OSError as broken:
        time.sleep(_POLL)
        raise look.failure(start.site.folder, _dead(start.site) or recipe.name, str(broken)) from broken
    start.say(recipe.name, "up", start.site.url(recipe.name))


def _dead(site: Site) -> str:
    """Return the name of a service that died, if one did."""
    return next(
        (recipe.name for recipe in chosen(site) if state.progress(site.folder, recipe.name)[0] == "dead"), ""
    )


def _follow(start: _Start, recipe: Recipe) -> None:
    """Wait for a service to serve, and tell how far it has come."""
    said, until = "", time.monotonic() + _PATIENCE
    while said != "serving" and not start.given_up.is_set():
        reached, detail = state.progress(start.site.folder, recipe.name)
        if reached == "dead" or time.monotonic() > until:
            raise look.failure(
                start.site.folder, recipe.name, detail or f"is not ready after {_PATIENCE:.0f} s"
            )
        if reached != said:
            start.say(recipe.name, reached)
            said = reached
        time.sleep(_POLL)


def _probe(site: Site, recipe: Recipe, admin: Admin) -> None:
    """Make an authenticated call."""
    headers = {"X-Subject-Token": admin.token} if recipe.name == "keystone" else {}
    answer = admin.ask(recipe.name, "GET", recipe.probe.format(project=admin.project), headers=headers)
    if answer.status >= _OK:
        raise look.failure(site.folder, recipe.name, f"an authenticated call was answered {answer.status}")
