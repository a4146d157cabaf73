"""The door, against a server that answers whatever a test wants."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from answering import opened, serving

from provision.cloud import pace
from provision.errors import (
    CloudError,
    Conflict,
    CredentialsRefused,
    Forbidden,
    LeaseLost,
    NotFound,
    QuotaExceeded,
    UnknownOutcome,
    Unreachable,
    WriteRefused,
)


@pytest.fixture
def server():
    """A server that answers from its script: (method, path) → an answer."""
    script = {}

    def answer(request):
        said = script.get((request.command, request.path), (404, {}, {"error": {"message": "nothing here"}}))
        return said() if callable(said) else said

    with serving(answer) as running:
        running.script = script
        yield running


@pytest.fixture
def door(server):
    with opened(server.url) as both:
        yield both


@pytest.fixture
def api(door):
    return door[0]


@pytest.fixture
def wire(door):
    return door[1]


def test_every_page_is_followed_glances_way(server, api):
    following = "/v2/images?limit=1000&marker=2&owner=us"
    server.script[("GET", "/images?limit=1000&owner=us")] = (200, {}, {"images": [1, 2], "next": following})
    server.script[("GET", "/images?limit=1000&marker=2&owner=us")] = (200, {}, {"images": [3]})
    assert list(api.list("/images", "images", owner="us")) == [1, 2, 3]


def test_every_page_is_followed_neutrons_way(server, api):
    server.script[("GET", "/networks?limit=1000")] = (
        200,
        {},
        {
            "networks": [1, 2],
            "networks_links": [{"rel": "next", "href": "http://elsewhere/x?limit=1000&marker=2"}],
        },
    )
    server.script[("GET", "/networks?limit=1000&marker=2")] = (
        200,
        {},
        {"networks": [3], "networks_links": [{"rel": "previous", "href": "x"}]},
    )
    assert list(api.list("/networks", "networks")) == [1, 2, 3]


def test_every_page_is_followed_keystones_way(server, api):
    server.script[("GET", "/projects?limit=1000&tag=a&tag=b")] = (
        200,
        {},
        {"projects": [1], "links": {"next": f"{server.url}/p?marker=2"}},
    )
    server.script[("GET", "/projects?marker=2")] = (200, {}, {"projects": [2], "links": {"next": None}})
    assert list(api.list("/projects", "projects", tag=["a", "b"], nothing=None)) == [1, 2]


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, {"error": {"message": "who?"}}, CredentialsRefused, "who"),
        (403, {"NeutronError": {"message": "policy"}}, Forbidden, "policy"),
        (404, {"itemNotFound": {"message": "gone"}}, NotFound, "gone"),
        (409, {"conflictingRequest": {"message": "in use"}}, Conflict, "in use"),
        (
            409,
            {"NeutronError": {"message": "Quota exceeded for resources: ['network']"}},
            QuotaExceeded,
            "network",
        ),
        (413, {"overLimit": {"message": "too much"}}, QuotaExceeded, "too much"),
        (400, {"badRequest": {"message": "bad"}}, CloudError, "bad"),
        (500, b"<html>oops</html>", CloudError, "500"),
        (502, b"", UnknownOutcome, "502"),
        (504, [], UnknownOutcome, "504"),
    ],
)
def test_answers_become_our_errors_with_the_services_words(server, api, status, body, kind, words):
    server.script[("POST", "/things")] = (status, {"x-openstack-request-id": "req-1"}, body)
    with pytest.raises(kind, match=words) as caught:
        api.post("/things", {})
    assert caught.value.status == status
    assert caught.value.request_id == "req-1"
    assert type(caught.value) is kind


def test_a_dropped_answer_to_a_write_is_unknown_and_the_write_is_never_sent_twice(server, api):
    server.script[("POST", "/things")] = "drop"
    with pytest.raises(UnknownOutcome):
        api.post("/things", {})
    assert len(server.seen) == 1


def test_a_dropped_answer_to_a_read_is_asked_again_then_unreachable(server, api, monkeypatch):
    monkeypatch.setattr(pace, "FIRST", 0.005)
    server.script[("GET", "/things")] = "drop"
    with pytest.raises(Unreachable):
        api.get("/things")
    assert len(server.seen) == 1 + pace.LOSSES


def test_deleting_what_is_gone_is_success(api):
    api.delete("/nothing")


def test_html_with_a_200_is_no_answer(server, api):
    server.script[("GET", "/x")] = (200, {"Content-Type": "text/html"}, b"<html>")
    with pytest.raises(CloudError, match="not JSON"):
        api.get("/x")


def test_empty_bodies_and_lists_are_objects_too(server, api):
    server.script[("PUT", "/x")] = (204, {}, b"")
    server.script[("GET", "/x")] = (200, {}, [1])
    assert api.put("/x", headers={"X-Thing": "1"}) == {}
    assert server.seen[-1][3]["X-Thing"] == "1"
    assert api.get("/x") == {"items": [1]}


def test_headers_patches_and_raw_content_go_through(server, api):
    server.script[("HEAD", "/x")] = (200, {"X-Meta": "y"}, b"")
    server.script[("PATCH", "/x")] = (200, {}, {"a": 1})
    server.script[("PUT", "/raw")] = (201, {}, b"")
    assert api.head("/x")["X-Meta"] == "y"
    assert api.patch("/x", {"b": 2}) == {"a": 1}
    api.send("PUT", "/raw", content=b"bytes")
    assert server.seen[-1][2] == b"bytes"


def test_another_microversion_and_endpoint(server, api):
    server.script[("GET", "/v9/x")] = (200, {}, {"ok": True})
    other = api.at(microversion="2.79", endpoint=f"{server.url}/v9")
    assert other.get("/x") == {"ok": True}
    assert any("Openstack-Api-Version" in name.title() for name in server.seen[-1][3])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_reading_session_refuses_every_write_before_it_is_sent(server, api, wire, method):
    wire.writable = False
    with pytest.raises(WriteRefused):
        api.send(method, "/things")
    assert server.seen == []
    assert not wire.sent()


def test_a_reading_session_may_still_ask_for_a_token(server, api, wire):
    wire.writable = False
    server.script[("POST", "/v3/auth/tokens")] = (201, {}, {})
    api.post("/v3/auth/tokens", {})
    assert wire.sent() == {("network", "POST"): 1}


def test_the_fence_is_asked_before_each_write_and_before_nothing_else(server, api, wire):
    def fence():
        raise LeaseLost("not yours any more")

    wire.fence = fence
    server.script[("POST", "/v3/auth/tokens")] = (201, {}, {})
    server.script[("GET", "/things")] = (200, {}, {})
    server.script[("DELETE", "/things")] = (204, {}, b"")
    api.get("/things")
    api.post("/v3/auth/tokens", {})
    with pytest.raises(LeaseLost):
        api.delete("/things")
    assert ("DELETE", "/things") not in {(method, path) for method, path, *_ in server.seen}
    with wire.unfenced():
        api.delete("/things")
    with pytest.raises(LeaseLost):
        api.delete("/things")
    assert [method for method, *_ in server.seen].count("DELETE") == 1


def test_only_the_thread_that_asked_may_pass_the_fence(server, api, wire):
    wire.writable = False
    with wire.unfenced(), ThreadPoolExecutor(1) as others, pytest.raises(WriteRefused):
        others.submit(api.delete, "/things").result()
    assert server.seen == []


def test_a_service_can_be_given_less_time_to_answer(server, api):
    answered = threading.Event()
    server.script[("POST", "/slow")] = lambda: (200, {}, {"late": answered.wait(9)})
    started = time.monotonic()
    with pytest.raises(UnknownOutcome):
        api.at(within=0.2).post("/slow", {})
    assert time.monotonic() - started < 5
    answered.set()


@pytest.mark.parametrize("number", [1, 2])
def test_a_pause_between_the_door_and_the_bytes_still_ends_at_the_fence(server, api, wire, number):
    server.script[("GET", "/things")] = (200, {}, {})
    if number == 2:
        api.get("/things")  # a connection stays open
    asked = []

    def fence():
        asked.append(len(server.seen))
        if len(asked) > 1:
            raise LeaseLost("not yours any more")

    wire.fence = fence
    with pytest.raises(LeaseLost):
        api.post("/things", {"name": "x"})
    assert len(asked) == 2
    wire.fence = None
    api.get("/things")
    assert {method for method, *_ in server.seen} == {"GET"}
