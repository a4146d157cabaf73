from __future__ import annotations

from samples import ENGLISH, FRENCH

from provision.report import services as report
from provision.sandbox.report import Service

RUNNING = (
    Service("keystone", "http://127.0.0.1:5000", 41, 145.26, "up"),
    Service("nova", "http://127.0.0.1:8774", None, 0.0, "dead"),
)


def test_one_line_a_service_and_the_memory_together():
    assert report.text(RUNNING, ENGLISH) == (
        "keystone  up        http://127.0.0.1:5000       145 MiB  pid 41\n"
        "nova      dead      http://127.0.0.1:8774\n"
        "145 MiB together\n"
    )
    assert "mort" in report.text(RUNNING, FRENCH)


def test_a_sandbox_that_never_ran_has_no_memory_line():
    assert "MiB" not in report.text([Service("nova", "", None, 0.0, "down")], ENGLISH)


def test_json_has_the_five_keys_of_the_contract():
    assert report.data(RUNNING)[0] == {
        "service": "keystone",
        "url": "http://127.0.0.1:5000",
        "pid": 41,
        "rss_mib": 145.3,
        "state": "up",
    }


def test_what_ended_is_counted():
    assert report.ended(0, ENGLISH) == "Nothing was running.\n"
    assert report.ended(1, FRENCH) == "1 processus arrêté ; le contenu reste.\n"
    assert report.ended(9, ENGLISH) == "9 processes ended; what was in the sandbox stays.\n"


def test_the_hint_can_be_typed_as_it_is():
    assert report.hint("provision sandbox env --name x", ENGLISH).endswith(
        'eval "$(provision sandbox env --name x)"\n'
    )
