from __future__ import annotations

import io
import json

import pytest

from provision import sandbox
from provision.sandbox import Event, Service

UP = (Service("keystone", "http://127.0.0.1:5000", 41, 145.2, "up"),)
DEAD = (*UP, Service("nova", "http://127.0.0.1:8774", None, 0.0, "dead"))


@pytest.fixture
def control(monkeypatch, tmp_path):
    """Stand in for the sandbox; remember where it was asked for."""
    seen = {}

    def up(folder, more, *, on_event):
        seen["up"], seen["more"] = folder, more
        on_event(Event("keystone", "serving", "", 0.4))
        on_event(Event("keystone", "up", "http://127.0.0.1:5000", 1.0))
        on_event(Event("nova", "odd words", "", 1.0))
        return UP

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(sandbox, "up", up)
    monkeypatch.setattr(sandbox, "status", lambda _: seen.get("status", UP))
    monkeypatch.setattr(sandbox, "environment", lambda folder: {"OS_CLOUD": "it's", "WHERE": str(folder)})
    monkeypatch.setattr(sandbox, "down", lambda _: 9)
    monkeypatch.setattr(sandbox, "reset", lambda folder: seen.update(reset=folder))
    return seen


def test_up_shows_what_runs_and_how_to_use_it(run, control, tmp_path):
    code, out, err = run("sandbox", "up")
    assert (code, err) == (0, "")
    assert out.endswith('Use it:  eval "$(provision sandbox env)"\n')
    assert control["up"] == tmp_path / "provision/sandbox/default"


@pytest.mark.parametrize(
    ("place", "again"), [(["--name", "two"], "env --name two)"), (["--dir", "/a b"], "env --dir '/a b')")]
)
def test_up_elsewhere_says_how_to_find_it_again(run, control, place, again):
    assert again in run("sandbox", "up", *place)[1]
    assert str(control["up"]).endswith(place[1])


def test_up_takes_the_services_that_not_every_sandbox_has(run, control):
    assert run("sandbox", "up")[0] == 0
    assert control["more"] == ()
    assert run("sandbox", "up", "--with", "dns", "--with", "load-balancer")[0] == 0
    assert control["more"] == ("dns", "load-balancer")
    code, _, err = run("sandbox", "up", "--with", "octavia")
    assert code == 4
    assert "load-balancer" in err


def test_up_as_json_is_the_status(run, control):
    code, out, _ = run("sandbox", "up", "--format", "json")
    assert code == 0
    assert json.loads(out) == json.loads(run("sandbox", "status", "--format", "json")[1])


def test_status_ends_in_one_when_a_service_is_not_up(run, control):
    assert run("sandbox", "status")[0] == 0
    control["status"] = DEAD
    code, out, _ = run("sandbox", "status", "--format", "json")
    assert code == 1
    assert [each["state"] for each in json.loads(out)] == ["up", "dead"]


def test_env_prints_exports_and_nothing_else(run, control, tmp_path):
    code, out, err = run("sandbox", "env", "--dir", tmp_path)
    assert (code, err) == (0, "")
    assert out == f"export OS_CLOUD='it'\"'\"'s'\nexport WHERE={tmp_path}\n"
    assert json.loads(run("sandbox", "env", "--dir", tmp_path, "--format", "json")[1])["OS_CLOUD"] == "it's"


def test_down_counts_and_reset_names_the_folder(run, control, tmp_path):
    assert run("sandbox", "down", "--lang", "fr")[1] == "9 processus arrêtés ; le contenu reste.\n"
    assert json.loads(run("sandbox", "down", "--format", "json")[1]) == {"ended": 9}
    assert run("sandbox", "reset", "--dir", tmp_path)[1] == f"The sandbox is gone: {tmp_path}\n"
    assert control["reset"] == tmp_path


def test_a_start_is_followed_service_by_service_on_a_terminal(run, control, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    shown = Terminal()
    monkeypatch.setattr("sys.stderr", shown)
    monkeypatch.setenv("TERM", "xterm")
    assert run("sandbox", "up", "--lang", "fr")[0] == 0
    assert "keystone" in shown.getvalue()
    assert "odd words" in shown.getvalue()
