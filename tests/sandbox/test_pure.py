from __future__ import annotations

import configparser
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from provision import sandbox
from provision.errors import SandboxError
from provision.sandbox import ini, launch, look, ports, process, site, state, stop
from provision.sandbox.services import MORE, RECIPES, chosen

pytest.importorskip("keystone")


@pytest.fixture
def place(tmp_path):
    names = [name for recipe in (*RECIPES, *MORE) for name in (recipe.name, *recipe.extra_ports)]
    return site.Site(tmp_path, {name: 20000 + number for number, name in enumerate(names)}, site.Secrets())


@pytest.fixture
def sleeper():
    child = subprocess.Popen(["sleep", "60"])
    yield child
    child.kill()
    child.wait()


def test_importing_it_is_cheap_and_knows_no_service():
    code = "import sys, provision.sandbox; print([n for n in sys.modules if n.startswith(('openstack', 'keystone'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_folder_follows_the_state_home(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert sandbox.folder("two") == tmp_path / "provision" / "sandbox" / "two"
    assert sandbox.folder("two", tmp_path / "here") == tmp_path / "here"


def test_ports_are_the_same_as_before_when_they_are_free():
    first = ports.bind_all(["a", "b"], {})
    numbers = ports.numbers(first)
    for listener in first.values():
        listener.close()
    again = ports.bind_all(["a", "b"], numbers)
    assert ports.numbers(again) == numbers
    for listener in again.values():
        listener.close()


def test_a_port_that_is_taken_is_left_alone():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        with ports.bind(number) as listener:
            assert listener.getsockname()[0] == "127.0.0.1"
            assert listener.getsockname()[1] != number


def test_a_recycled_pid_is_not_killed(sleeper):
    now = process.identify(sleeper.pid)
    recycled = process.Identity(sleeper.pid, str(int(now.born) - 1))
    assert not process.alive(recycled)
    assert process.end((recycled,)) == 0
    assert sleeper.poll() is None


def test_the_very_process_is_ended(sleeper):
    now = process.identify(sleeper.pid)
    assert process.alive(now)
    assert process.resident(now) > 0
    assert process.end((now,)) == 1
    assert sleeper.wait(5) == -signal.SIGTERM
    assert not process.alive(now)
    assert process.resident(now) == 0


def test_a_process_that_will_not_end_is_killed():
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        child.stdout.read(1)
        assert process.end((process.identify(child.pid),), grace=0.2) == 1
        assert child.wait(5) == -signal.SIGKILL


def test_a_zombie_is_dead():
    with subprocess.Popen(["true"]) as child:
        until = time.monotonic() + 5
        while process.born(child.pid) and time.monotonic() < until:
            time.sleep(0.01)
        assert process.born(child.pid) == ""


def test_ini_is_what_a_parser_reads():
    parser = configparser.ConfigParser()
    parser.read_string(ini.render({"DEFAULT": {"debug": False}, "database": {"connection": Path("/x")}}))
    assert parser["database"]["connection"] == "/x"
    assert parser["database"]["debug"] == "False"


def test_a_missing_data_file_says_what_to_do():
    with pytest.raises(SandboxError) as caught:
        ini.packaged("keystone", "no/such/file")
    assert "provision[sandbox]" in str(caught.value)


@pytest.mark.parametrize("recipe", [*RECIPES, *MORE], ids=lambda recipe: recipe.name)
def test_every_service_stays_on_loopback_and_in_its_folder(recipe, place):
    for folder in recipe.folders:
        place.path(folder).mkdir(parents=True, exist_ok=True)
    text = "\n".join(recipe.configure(place).values())
    assert "0.0.0.0" not in text
    for word in text.split():
        if "://" in word and "127.0.0.1" not in word:
            assert word.startswith(("sqlite:///", "file://", "fake://", "none://")), word


def test_secrets_are_random_and_not_shown():
    one, two = site.Secrets(), site.Secrets()
    assert one != two
    assert one.admin not in repr(one)


def test_state_is_for_its_owner_only(tmp_path):
    folder = site.make_folder(tmp_path / "new")
    site.write(folder / "file", "text")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "file").stat().st_mode) == 0o600
    assert not list(folder.glob(".file*"))


def test_a_site_is_kept(place):
    assert site.load(place.folder) is None
    asked = replace(place, more=("dns",))
    site.save(asked)
    assert site.load(place.folder) == asked


def test_a_sandbox_has_more_only_when_asked(place):
    assert {recipe.catalogue for recipe in MORE} == set(sandbox.MORE)
    assert chosen(place) == RECIPES
    assert [recipe.name for recipe in chosen(replace(place, more=("dns",)))[len(RECIPES) :]] == ["designate"]


def test_a_sandbox_is_not_given_more_later(place):
    site.save(replace(place, more=("dns",)))
    with pytest.raises(SandboxError, match=r"made without load-balancer[\s\S]*reset"):
        sandbox.up(place.folder, sandbox.MORE)
    assert not (place.folder / "run").exists()


def test_a_foreign_folder_is_neither_taken_nor_deleted(tmp_path):
    (tmp_path / "precious").write_text("x")
    with pytest.raises(SandboxError):
        sandbox.up(tmp_path)
    sandbox.reset(tmp_path)
    assert sandbox.down(tmp_path) == 0
    assert (tmp_path / "precious").exists()


def test_reset_deletes_only_what_is_of_the_sandbox(place):
    site.save(place)
    (place.folder / "logs").mkdir()
    (place.folder / "notes").write_text("mine")
    stop.reset(place.folder)
    assert [entry.name for entry in place.folder.iterdir()] == ["notes"]


def test_status_of_nothing_is_down(tmp_path):
    assert {service.state for service in sandbox.status(tmp_path)} == {"down"}


def test_status_tells_starting_up_and_dead(place, sleeper):
    site.save(place)
    state.clear(place.folder)
    for name, reached in (("keystone", "serving"), ("nova", "loading")):
        state.born(place.folder, name, process.identify(sleeper.pid))
        state.reached(place.folder, name, reached)
    state.born(place.folder, "glance", process.Identity(os.getpid(), "1"))
    state.reached(place.folder, "glance", "dead", "was ended by signal 9")
    (place.folder / "logs").mkdir()
    (place.folder / "logs" / "glance.log").write_text("first\nlast\n")
    found = {service.name: service.state for service in look.status(place.folder)}
    assert found["keystone"] == "up"
    assert found["nova"] == "starting"
    assert found["glance"] == "dead"
    assert found["swift"] == "down"
    assert sandbox.last_words(place.folder, "glance") == "was ended by signal 9\nfirst\nlast"
    assert "last" in str(look.failure(place.folder, "glance", "died"))


def test_environment_before_a_start_says_what_to_do(tmp_path):
    with pytest.raises(SandboxError, match="sandbox up"):
        sandbox.environment(tmp_path)


def test_how_a_process_ended():
    assert launch.how(9) == "was ended by signal 9"
    assert launch.how(3 << 8) == "ended with status 3"


def test_green_threads_are_refused():
    with pytest.raises(ImportError):
        launch.NoGreenThreads().find_spec("eventlet.hubs")
    assert launch.NoGreenThreads().find_spec("json") is None
