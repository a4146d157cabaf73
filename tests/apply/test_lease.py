import signal
import subprocess
import sys
import threading
import time as real_time
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from hallway import DROP, START, Hallway, Time

from provision.apply import machine
from provision.apply.lease import LIFE, Claim, Clock, glance, leased
from provision.cloud.plate import Door
from provision.errors import LeaseLost, Refused, UnknownOutcome
from provision.model.event import Noted
from provision.model.holder import Holder
from provision.text import LANGUAGES

DAY = 86400.0


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def hall(time):
    with Hallway(time) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def somebody(hall, time):
    """Return somebody's claim to the estate, from a machine whose clock is as wrong as one likes."""
    with ExitStack() as left:

        def come(*, on="here", wrong_by=0.0, notes=None):
            cloud = hall.comes()
            left.callback(cloud.close)
            take = notes.append if notes is not None else lambda _: None
            door = Door(cloud, "default", cloud.owner.estate, 5.0)
            return Claim(door, time.clock(wrong_by=wrong_by), LIFE, take, here=on)

        yield come


@pytest.fixture
def ended():
    """The id of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def holder(hall):
    (project,) = hall.projects.values()
    return Holder.read(project["description"].partition(" [")[0])


def test_a_short_run_costs_three_requests_and_leaves_nothing(hall, time):
    cloud = hall.comes()
    with leased(cloud, "Default", clock=time.clock()) as lease:
        lease.fence()
        (project,) = hall.projects.values()
        assert project["enabled"] is False
        assert project["name"] == "provision.lease.demo"
    assert hall.methods() == ["GET", "POST", "DELETE"]
    assert hall.projects == {}
    assert cloud.wire.fence is None
    cloud.close()


def test_who_glanced_at_the_door_a_moment_ago_does_not_look_again(hall, time):
    cloud = hall.comes()
    seen = glance(cloud, "demo", "Default", time.clock())
    time.now += 2
    with leased(cloud, "Default", early=lambda: seen, clock=time.clock()):
        assert holder(hall).until >= START + time.now + LIFE
    assert hall.methods() == ["GET", "POST", "DELETE"]
    cloud.close()


def test_a_glance_takes_nothing_from_who_came_after_it(somebody, hall, time):
    late = somebody(on="second")
    seen = glance(late.door.cloud, "demo", "Default", time.clock())
    somebody(on="first").win()
    with pytest.raises(Refused, match="another apply holds"):
        replace(late, early=lambda: seen).win()
    assert holder(hall).machine == "first"


def test_a_glance_that_sees_somebody_leaves_it_to_a_look(somebody, hall, time):
    first = somebody(on="first").win()
    seen = glance(first.door.cloud, "demo", "Default", time.clock())
    assert seen is None
    asked = len(hall.seen)
    with pytest.raises(Refused, match="another apply holds"):
        replace(somebody(on="second"), early=lambda: seen).win()
    assert hall.methods()[asked:] == ["GET"], "it must have looked, and not written"


@pytest.mark.parametrize("wrong_by", [-DAY, 0.0, DAY])
def test_a_second_run_is_refused_and_told_by_whom_and_until_when(somebody, hall, time, wrong_by):
    first = somebody(on="first").win()
    time.now += LIFE - 1
    asked = len(hall.seen)
    with pytest.raises(Refused) as refused:
        somebody(on="second", wrong_by=wrong_by).win()
    assert hall.methods()[asked:] == ["GET"], "it must not have waited, nor written"
    held = first.holder
    for language in LANGUAGES:
        said = refused.value.render(language)
        assert held.who in said
        assert str(held.pid) in said
        assert "Z" in said
    assert held.until - held.since >= LIFE


def test_one_of_two_that_come_together_is_refused_by_the_cloud(somebody, hall):
    late = somebody(on="second")
    hall.before["POST"] = lambda: somebody(on="first").win()
    with pytest.raises(Refused, match="another apply holds"):
        late.win()
    assert holder(hall).machine == "first"


def test_the_one_who_crashed_here_is_replaced_at_once_and_that_is_said(somebody, hall, time, ended):
    gone = somebody().win()
    gone.door.write(gone.plate, str(gone.holder).replace(f"pid {gone.holder.pid}", f"pid {ended}"))
    notes = []
    somebody(notes=notes).win()
    assert time.now == 0
    assert holder(hall).epoch == 2
    assert [str(ended) in str(note.what) for note in notes] == [True]


def test_only_who_has_ended_here_is_taken_for_crashed(somebody, hall, ended):
    gone = somebody(on="first").win()
    gone.door.write(gone.plate, str(gone.holder).replace(f"pid {gone.holder.pid}", f"pid {ended}"))
    with pytest.raises(Refused, match=f"pid {ended}"):
        somebody(on="second").win()


def test_a_process_that_runs_or_is_paused_has_not_ended(ended):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as running:
        running.send_signal(signal.SIGSTOP)
        assert not machine.has_ended(running.pid)
        running.send_signal(signal.SIGCONT)
        running.communicate(b"\n")
    assert machine.has_ended(ended)


def test_a_killed_process_that_nobody_waited_for_has_ended():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as running:
        running.kill()
        until = real_time.monotonic() + 10
        while not machine.has_ended(running.pid) and real_time.monotonic() < until:
            real_time.sleep(0.01)
        assert machine.has_ended(running.pid)


@pytest.mark.parametrize("wrong_by", [-DAY, DAY])
def test_who_crashed_elsewhere_is_replaced_within_thirty_seconds_of_expiry(somebody, hall, time, wrong_by):
    until = somebody(on="first").win().holder.until - START
    time.now = until + 2.0
    notes = []
    somebody(on="second", wrong_by=wrong_by, notes=notes).win()
    assert time.now <= until + 30
    assert (holder(hall).machine, holder(hall).epoch) == ("second", 2)
    assert [type(note) for note in notes] == [Noted]


def test_what_is_long_over_is_not_watched(somebody, hall, time):
    somebody(on="first").win()
    time.now = before = LIFE * 4
    somebody(on="second").win()
    assert time.now == before
    assert holder(hall).epoch == 2


def test_a_cloud_whose_clock_leapt_does_not_hand_a_living_holders_lease_to_another(somebody, hall, time):
    first = somebody(on="first").win()
    hall.ahead = LIFE * 1.5
    time.meanwhile.append(first.renew)
    with pytest.raises(Refused, match="another apply holds"):
        somebody(on="second").win()
    first.lease.fence()
    assert holder(hall).machine == "first"


def test_what_is_released_while_it_is_watched_is_free(somebody, hall, time):
    first = somebody(on="first").win()
    hall.ahead = LIFE * 1.5
    time.meanwhile.append(first.release)
    somebody(on="second").win()
    assert (holder(hall).machine, holder(hall).epoch) == ("second", 1)


def test_one_of_two_that_take_over_together_is_refused(somebody, hall, time):
    somebody(on="first").win()
    time.now = LIFE * 4
    late = somebody(on="third")
    hall.before["DELETE"] = lambda: somebody(on="second").win()
    with pytest.raises(Refused, match="another apply holds"):
        late.win()
    assert holder(hall).machine == "second"


def test_renewing_holds_it_and_a_challenger_sees_the_later_end(somebody, hall, time):
    first = somebody(on="first", wrong_by=DAY).win()
    for _ in range(9):
        time.now += first.renew()
        first.lease.fence()
    assert time.now > LIFE * 2
    with pytest.raises(Refused):
        somebody(on="second").win()
    assert holder(hall).renewed == 9


def test_the_holder_stops_before_anybody_may_think_it_ended(somebody, hall, time):
    first = somebody(on="first").win()
    expires = first.holder.until - START
    while not first.lease.lost:
        time.now += 0.25
    assert time.now < expires - 1


def test_a_holder_that_was_paused_writes_nothing_more_not_even_about_its_lease(hall, time):
    cloud = hall.comes()
    cloud.wire.writable = True
    with leased(cloud, "Default", clock=time.clock()) as lease:
        time.now = LIFE
        asked = len(hall.seen)
        with pytest.raises(LeaseLost):
            cloud.identity.post("/projects", {"project": {"name": "x"}})
        with pytest.raises(LeaseLost, match="paused"):
            lease.fence()
        cloud.identity.get("/projects", name="x")
        lease.extend(time.now + DAY)
        assert lease.lost, "what is lost stays lost"
    assert hall.methods()[asked:] == ["GET"]
    cloud.close()


def test_an_answer_that_comes_too_late_renews_nothing(somebody, hall, time):
    first = somebody(on="first").win()

    def pause():
        time.now += LIFE

    hall.after["PATCH"] = pause
    first.renew()
    with pytest.raises(LeaseLost):
        first.lease.fence()


def test_a_holder_whose_plate_is_gone_knows_at_its_next_renewal(somebody, hall):
    first = somebody(on="first").win()
    hall.projects.clear()
    first.lease.fence()
    first.renew()
    with pytest.raises(LeaseLost, match="took it over"):
        first.lease.fence()


def test_a_cloud_that_fails_for_a_while_is_asked_again_sooner_and_only_for_a_life(somebody, hall, time):
    first = somebody(on="first").win()
    hall.before["PATCH"] = 500
    assert first.renew() < LIFE / 6
    first.lease.fence()
    del hall.before["PATCH"]
    time.now = LIFE / 2
    first.renew()
    time.now = LIFE
    first.lease.fence()
    hall.before["PATCH"] = 500
    while not first.lease.lost:
        time.now += first.renew()
    assert time.now <= LIFE * 1.5


def test_a_lost_answer_is_found_again(somebody, hall):
    hall.after["POST"] = DROP
    held = somebody().win()
    assert list(hall.projects) == [held.plate]
    held.lease.fence()


def test_an_answer_lost_before_anything_was_done_is_no_lease(somebody, hall, monkeypatch):
    monkeypatch.setattr(hall, "post", lambda *_: (201, {}))
    hall.after["POST"] = DROP
    with pytest.raises(UnknownOutcome):
        somebody().win()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_may_not_make_projects_goes_on_and_is_told_so(hall, time, method):
    hall.before[method] = 403
    notes = []
    cloud = hall.comes()
    with leased(cloud, "Default", notes.append, clock=time.clock()) as lease:
        time.now = DAY
        lease.fence()
        assert cloud.wire.fence is None
    (note,) = notes
    assert "only this machine" in str(note.what)
    assert "DELETE" not in hall.methods()
    cloud.close()


def test_a_domain_that_is_not_there_is_said_and_stops_nothing(hall, time):
    notes, cloud = [], hall.comes()
    with leased(cloud, "Nowhere", notes.append, clock=time.clock()):
        pass
    assert "Nowhere" in str(notes[0].what)
    assert hall.seen == []
    cloud.close()


@pytest.mark.parametrize("description", ["a tenant's", "Held by me."])
def test_a_project_that_is_no_lease_is_neither_believed_nor_removed(somebody, hall, description):
    held = somebody().win()
    hall.projects[held.plate]["description"] = description
    with pytest.raises(Refused, match=r"provision\.lease\.demo"):
        somebody().win()
    assert held.plate in hall.projects


def test_a_cloud_that_does_not_tell_the_time_is_given_ours(somebody, hall, time):
    hall.dated = False
    held = somebody(on="first").win()
    held.renew()
    with pytest.raises(Refused):
        somebody(on="second").win()
    time.now = LIFE * 4
    somebody(on="second").win()
    assert holder(hall).machine == "second"


def test_where_the_cloud_tells_no_time_a_clock_that_is_a_day_ahead_takes_nothing_from_the_living(
    somebody, hall, time
):
    hall.dated = False
    first = somebody(on="first").win()
    time.meanwhile.append(first.renew)
    with pytest.raises(Refused, match="another apply holds"):
        somebody(on="second", wrong_by=DAY).win()
    first.lease.fence()
    assert holder(hall).machine == "first"


def test_an_estate_of_another_name_has_a_door_of_its_own(somebody, hall, time):
    somebody().win()
    other = hall.comes("other")
    with leased(other, "Default", clock=time.clock()):
        assert len(hall.projects) == 2
    other.close()


@contextmanager
def held_for_real(hall, life):
    cloud = hall.comes()
    with leased(cloud, "Default", clock=Clock(), life=life) as lease:
        yield lease
    cloud.close()


def test_it_is_renewed_by_itself_as_long_as_it_is_held(hall):
    with held_for_real(hall, 0.6) as lease:
        until = real_time.monotonic() + 10
        while hall.methods().count("PATCH") < 4 and real_time.monotonic() < until:
            real_time.sleep(0.02)
        lease.fence()
        assert holder(hall).renewed >= 3
    assert hall.methods()[-1] == "DELETE"
    renewed = hall.methods().count("PATCH")
    real_time.sleep(0.5)
    assert hall.methods().count("PATCH") == renewed


def test_an_error_inside_releases_it_too(hall):
    with pytest.raises(ZeroDivisionError), held_for_real(hall, LIFE):
        _ = 1 / 0
    assert hall.projects == {}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_keystone_that_cannot_just_now_is_asked_again(somebody, hall, time, ended, method, status):
    gone = somebody().win()
    gone.door.write(gone.plate, str(gone.holder).replace(f"pid {gone.holder.pid}", f"pid {ended}"))
    hall.before[method] = status
    time.meanwhile.append(lambda: hall.before.pop(method, None))
    assert somebody().win().holder.epoch == 2
    assert time.now == 0.5


def test_a_keystone_that_never_can_is_said(somebody, hall, time):
    hall.before["POST"] = 503
    with pytest.raises(UnknownOutcome):
        somebody().win()
    assert hall.projects == {}
    assert time.now == 3.5
