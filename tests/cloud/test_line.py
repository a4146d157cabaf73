"""What is asked again and what is not, and when an answer is one: against a server on loopback."""

import itertools
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from answering import opened, serving

from provision.cloud import pace
from provision.cloud.line import same_twice
from provision.errors import (
    CloudError,
    CredentialsRefused,
    ProvisionError,
    QuotaExceeded,
    UnknownOutcome,
    Unreachable,
)

FINE = (200, {}, {"thing": {"id": "1"}})
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def asking():
    """Serve these answers, the last one for ever; return (api, wire, server)."""
    closing = []

    def of(*answers, **options):
        following = itertools.chain(answers, itertools.repeat(answers[-1]))
        lock = threading.Lock()

        def answer(request):
            with lock:
                found = next(following)
            return found(request) if callable(found) else found

        running = serving(answer)
        server = running.__enter__()
        door = opened(server.url, **options)
        closing.extend((running, door))
        return (*door.__enter__(), server)

    yield of
    for each in reversed(closing):
        each.__exit__(None, None, None)


@pytest.fixture
def swift(monkeypatch):
    """Wait a hundredth of the time."""
    monkeypatch.setattr(pace, "FIRST", 0.005)
    monkeypatch.setattr(pace, "SHORTEST", 0.0025)


@pytest.mark.usefixtures("swift")
@pytest.mark.parametrize(
    "trouble", ["drop", (502, {}, {}), (503, {}, {}), (504, {}, {}), (429, {}, {})], ids=str
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_what_is_the_same_twice_is_asked_again(asking, method, trouble):
    api, _, server = asking(trouble, trouble, FINE)
    assert api.send(method, "/things/1").status == 200
    assert len(server.seen) == 3


@pytest.mark.usefixtures("swift")
@pytest.mark.parametrize("trouble", ["drop", (502, {}, {}), (503, {}, {}), (504, {}, {})], ids=str)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/things"), ("PUT", "/routers/1/add_router_interface")], ids=str
)
def test_what_may_have_been_done_and_is_not_the_same_twice_is_unknown(asking, method, path, trouble):
    api, _, server = asking(trouble, FINE)
    with pytest.raises(UnknownOutcome):
        api.send(method, path, body={})
    assert len(server.seen) == 1


@pytest.mark.usefixtures("swift")
@pytest.mark.parametrize("trouble", ["drop", (504, {}, {})], ids=str)
def test_a_read_outlives_several_lost_answers_and_is_given_up_at_last(asking, trouble):
    api, _, server = asking(*[trouble] * pace.LOSSES, FINE)
    assert api.get("/things/1") == {"thing": {"id": "1"}}
    assert len(server.seen) == 1 + pace.LOSSES
    api, _, server = asking(*[trouble] * (1 + pace.LOSSES), FINE)
    with pytest.raises(CloudError):
        api.get("/things/1")
    assert len(server.seen) == 1 + pace.LOSSES


@pytest.mark.usefixtures("swift")
@pytest.mark.parametrize("status", [429, 498])
@pytest.mark.parametrize("method", ["POST", "GET", "PUT"])
def test_what_was_not_done_is_asked_again(asking, method, status):
    api, _, server = asking((status, {}, {}), FINE)
    assert api.send(method, "/things/add_interface").status == 200
    assert len(server.seen) == 2


@pytest.mark.usefixtures("swift")
def test_troubles_that_do_not_end_end_the_call(asking):
    api, _, server = asking((429, {}, {"error": {"message": "slow down"}}))
    with pytest.raises(CloudError, match="slow down") as refused:
        api.post("/things", {})
    assert (refused.value.status, len(server.seen)) == (429, 1 + pace.PUSH_BACKS)
    assert "--workers" in refused.value.render("fr")
    api, _, server = asking((503, {}, {}))
    with pytest.raises(UnknownOutcome):
        api.put("/things/1", {})
    with pytest.raises(CloudError) as down:
        api.get("/things/1")
    assert type(down.value) is CloudError


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (413, {}, {"overLimit": {"message": "VolumeLimitExceeded"}}),
        (413, {"Retry-After": "0"}, {"overLimit": {"message": "Quota exceeded"}}),
        (429, {"Retry-After": "0"}, {"error": {"message": "Quota exceeded for cores"}}),
        (429, {}, {"error": {"message": "over your quota"}}),
    ],
)
def test_a_quota_is_not_a_rate(asking, status, headers, body):
    api, _, server = asking((status, headers, body), FINE)
    with pytest.raises(QuotaExceeded):
        api.post("/things", {})
    assert len(server.seen) == 1


def test_a_quota_that_is_used_up_slows_nobody(asking):
    api, _, _ = asking((413, {}, {"overLimit": {"message": "VolumeLimitExceeded"}}))
    for _ in range(12):
        with pytest.raises(QuotaExceeded):
            api.post("/things", {})
        time.sleep(0.1)
    assert api.line.pace.rate is None


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_service_is_asked_again_when_it_said_and_not_before(asking, form):
    when = datetime.now(UTC) + timedelta(seconds=3)
    told = "1" if form == "seconds" else format_datetime(when, usegmt=True)
    api, _, _ = asking((429, {"Retry-After": told}, {}), FINE)
    began = time.monotonic()
    api.post("/things", {})
    assert 0.95 <= time.monotonic() - began < 5


def test_a_service_that_asks_for_a_day_gets_a_minute(asking, monkeypatch):
    waited = []
    monkeypatch.setattr(pace.Tries, "_wait", lambda _, seconds: waited.append(seconds) or True)
    api, _, _ = asking((429, {"Retry-After": "86400"}, {}), (429, {"Retry-After": "0"}, {}), FINE)
    api.post("/things", {})
    longest, shortest = waited
    assert pace.LONGEST <= longest <= pace.LONGEST * 1.25
    assert pace.SHORTEST <= shortest <= pace.SHORTEST * 1.25


@pytest.mark.parametrize("told", ["soon", "-5", "", "²"])
def test_an_unsound_retry_after_is_none(told):
    assert pace.asked_to_wait({"retry-after": told}) is None


def test_who_is_asked_to_stop_waits_no_more(asking):
    api, wire, _ = asking((429, {"Retry-After": "60"}, {}))
    threading.Timer(0.3, wire.hurry.set).start()
    began = time.monotonic()
    with pytest.raises(CloudError):
        api.post("/things", {})
    assert time.monotonic() - began < 5


@pytest.mark.usefixtures("swift")
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_what_was_never_sent_is_unreachable_even_for_a_write(method):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with opened(url) as (api, wire), pytest.raises(Unreachable):
            api.send(method, "/things")
        assert wire.sent() == {("network", method): 1 + pace.REFUSALS}


def trickling(head, rest):
    """Send a head at once, and then a byte ten times a second."""

    def answer(request):
        request.wfile.write(head)
        request.wfile.flush()
        try:
            for byte in rest * 100:
                request.connection.sendall(bytes([byte]))
                time.sleep(0.1)
        except OSError:
            pass
        return "drop"

    return answer


LENGTH = (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{", b" ")
CHUNKED = (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n")
HEADERS = (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n")


@pytest.mark.usefixtures("swift")
@pytest.mark.parametrize("answer", [LENGTH, CHUNKED, HEADERS], ids=["length", "chunked", "headers"])
@pytest.mark.parametrize(("method", "kind"), [("GET", Unreachable), ("POST", UnknownOutcome)])
def test_an_answer_that_trickles_ends_with_the_read_time(asking, monkeypatch, answer, method, kind):
    monkeypatch.setattr(pace, "LOSSES", 0)
    api, _, _ = asking(trickling(*answer), read_time=0.6)
    began = time.monotonic()
    with pytest.raises(kind, match="timed out"):
        api.send(method, "/things")
    assert 0.5 < time.monotonic() - began < 2


def test_a_connection_is_as_patient_after_a_slow_answer_as_before(asking):
    def slow(request):
        time.sleep(0.5)
        return FINE

    api, _, server = asking(slow, read_time=0.8)
    for _ in range(3):
        api.get("/things/1")
    assert server.connections == 1


HALVES = {
    "html": (200, {"Content-Type": "text/html"}, b"<html>please log in</html>"),
    "truncated": (201, {}, b'{"thing": {"id": "'),
    "empty": (201, {}, b""),
    "a number": (200, {}, 7),
    "another object": (200, {}, {"status": "ok"}),
    "without id": (200, {}, {"thing": {}}),
    "cut short": (200, {"Content-Length": "500"}, b'{"thing": {'),
}


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_half_an_answer_to_a_creation_is_no_success(asking, half):
    api, _, server = asking(half, read_time=1)
    with pytest.raises(UnknownOutcome):
        api.post("/things", {})["thing"]["id"]
    assert len(server.seen) == 1


@pytest.mark.parametrize("half", [name for name in HALVES if name not in {"without id", "cut short"}])
def test_half_an_answer_to_a_read_is_an_error_of_the_cloud(asking, half):
    api, _, _ = asking(HALVES[half])
    with pytest.raises(CloudError) as caught:
        api.get("/things/1")["thing"]
    assert type(caught.value) is CloudError
    with pytest.raises(CloudError):
        list(api.list("/things", "things"))


def test_answers_that_may_be_empty(asking):
    api, _, _ = asking((202, {}, b""))
    assert api.post("/types/1/action", {}) == {}
    assert asking((201, {}, b""))[0].put("/container") == {}


def test_a_redirection_names_where_the_service_has_gone(asking):
    api, _, _ = asking((301, {"Location": "https://cloud.example/"}, b""))
    with pytest.raises(CloudError, match=r"cloud\.example"):
        api.get("/things")


def test_the_fence_stands_before_every_write_and_no_read(asking):
    class Fenced(ProvisionError):
        pass

    def fence():
        raise Fenced("another run has the lease")

    api, wire, server = asking(FINE)
    wire.fence = fence
    api.get("/things")
    for method in WRITES:
        with pytest.raises(Fenced):
            api.send(method, "/things")
    assert [seen[0] for seen in server.seen] == ["GET"]
    wire.fence = lambda: None
    api.post("/things", {})
    assert wire.sent() == {("network", "GET"): 1, ("network", "POST"): 1}


@pytest.mark.usefixtures("swift")
def test_the_fence_stands_before_what_is_sent_again_too(asking):
    """A run that waited out a push-back may have lost its lease meanwhile."""
    held = iter([True, True, False])  # asked at the door and as the bytes leave

    def fence():
        if not next(held):
            raise CredentialsRefused("the lease is lost")

    api, wire, server = asking((429, {}, {}), FINE)
    wire.fence = fence
    with pytest.raises(CredentialsRefused, match="lease"):
        api.post("/things", {})
    assert len(server.seen) == 1


def test_as_many_connections_as_workers_and_none_thrown_away(asking, caplog):
    workers = 24

    def soon(request):
        time.sleep(0.005)
        return FINE

    api, wire, server = asking(soon, pool=workers)
    with ThreadPoolExecutor(workers) as executor:
        list(executor.map(lambda number: api.get(f"/things/{number}"), range(600)))
    assert server.connections <= workers
    assert not [record for record in caplog.records if "discarding" in record.getMessage()]
    assert wire.sent() == {("network", "GET"): 600}


@pytest.mark.parametrize(
    ("method", "path", "same"),
    [
        ("PUT", "/quotas/1", True),
        ("PATCH", "/projects/1", True),
        ("DELETE", "/networks/1", True),
        ("POST", "/networks", False),
        ("PUT", "/routers/1/add_router_interface", False),
        ("PUT", "/routers/1/remove_router_interface", False),
        ("PUT", "/routers/1/add_extraroutes", False),
    ],
)
def test_what_twice_means(method, path, same):
    assert same_twice(method, f"http://here/v2.0{path}") is same


def test_a_plain_proxy_is_asked_for_the_whole_address(asking, monkeypatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    _, _, proxy = asking(FINE)
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    with opened("http://cloud.example/network") as (api, _):
        assert api.get("/things", a=["b", "c"]) == FINE[2]
    assert proxy.seen[0][:2] == ("GET", "http://cloud.example/network/things?a=b&a=c")
