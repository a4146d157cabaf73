"""One token for all workers: against a Keystone of our own that revokes them."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from answering import opened, serving
from keystoneauth1.identity import v3

from provision.cloud.line import TOKENS
from provision.errors import CloudError, CredentialsRefused, Unreachable

THINGS = (200, {}, {"thing": {"id": "1"}})


class Keystone:
    """Gives tokens, revokes them, and answers a service's calls that bear a good one."""

    def __init__(self, *, life=3600.0, answers=(), trusted=True):
        self.trusted = trusted
        self.life, self.good, self.issued, self.refused, self.served = life, set(), 0, 0, 0
        self.before = iter(answers)
        self.lock, self.names = threading.Lock(), itertools.count(1)

    def __call__(self, request):
        if request.path == "/v3/auth/tokens":
            return self.issue()
        time.sleep(0.002)
        with self.lock:
            if request.headers["X-Auth-Token"] in self.good:
                self.served += 1
                return THINGS
            self.refused += 1
        return 401, {}, {"error": {"message": "who are you?"}}

    def issue(self):
        early = next(self.before, None)
        if early is not None:
            return early
        time.sleep(0.01)
        with self.lock:
            self.issued += 1
            name = f"token-{next(self.names)}"
            self.good.update({name} if self.trusted else ())
        end = datetime.now(UTC) + timedelta(seconds=self.life)
        token = {"expires_at": end.isoformat(), "methods": ["password"], "user": {"id": "u", "name": "u"}}
        return 201, {"X-Subject-Token": name}, {"token": token}

    def serve(self, more):
        """Wait until so many more calls were answered: revocations that follow one another faster prove nothing."""
        enough = self.served + more
        while self.served < enough:
            time.sleep(0.01)

    def revoke(self):
        with self.lock:
            self.good.clear()


@contextmanager
def connected(keystone, pool=4):
    with serving(keystone) as server:
        auth = v3.Password(
            f"{server.url}/v3", username="u", password="p", user_domain_id="default", unscoped=True
        )
        with opened(server.url, auth=auth, pool=pool) as (api, wire):
            yield api, wire


def test_revocations_under_fifty_threads_never_reach_a_caller():
    keystone, times, workers, stop = Keystone(), 10, 50, threading.Event()

    def work(api):
        done = 0
        while not stop.is_set():
            api.post("/things", {})
            done += 1
        return done

    with connected(keystone, workers) as (api, _), ThreadPoolExecutor(workers) as executor:
        working = [executor.submit(work, api) for _ in range(workers)]
        try:
            for _ in range(times):
                keystone.serve(2 * workers)
                keystone.revoke()
            keystone.serve(2 * workers)
        finally:
            stop.set()
        assert sum(each.result() for each in working) > workers
    assert keystone.refused >= times
    assert times < keystone.issued <= 1 + 2 * times


def test_workers_that_begin_together_ask_for_one_token():
    keystone = Keystone()
    with connected(keystone, 16) as (api, _), ThreadPoolExecutor(16) as executor:
        list(executor.map(lambda _: api.get("/things"), range(64)))
    assert keystone.issued == 1


def test_a_service_that_refuses_every_token_refuses_the_credentials():
    keystone = Keystone(trusted=False)
    with connected(keystone) as (api, _), pytest.raises(CredentialsRefused) as refused:
        api.get("/things")
    assert refused.value.exit_code == 5
    assert keystone.issued == keystone.refused == TOKENS


def test_a_wrong_password_is_said_once():
    keystone = Keystone(answers=[(401, {}, {"error": {"message": "no"}})] * 9)
    with connected(keystone) as (api, wire), pytest.raises(CredentialsRefused, match="refuses these"):
        api.post("/things", {})
    assert wire.sent().total() == 1


def test_a_token_is_replaced_before_its_end():
    keystone = Keystone(life=2.0)
    with connected(keystone) as (api, _):
        api.get("/things")
        assert keystone.issued == 1
        time.sleep(1.1)
        api.get("/things")
    assert (keystone.issued, keystone.refused) == (2, 0)


@pytest.mark.parametrize("trouble", ["drop", (503, {}, {}), (429, {"Retry-After": "1"}, {})], ids=str)
def test_a_token_is_asked_for_again(trouble):
    keystone = Keystone(answers=[trouble])
    with connected(keystone) as (api, _):
        assert api.post("/things", {})["thing"]["id"] == "1"
    assert keystone.issued == 1


def test_no_token_means_that_nothing_was_sent():
    with connected(Keystone(answers=["drop"] * 9)) as (api, _), pytest.raises(Unreachable):
        api.post("/things", {})
    with connected(Keystone(answers=[(500, {}, {})] * 9)) as (api, _), pytest.raises(CloudError) as failed:
        api.post("/things", {})
    assert type(failed.value) is CloudError


def test_a_token_is_not_shown():
    with connected(Keystone()) as (api, _):
        api.get("/things")
        held = api.line._token.current()
    assert "token-1" in held.headers.values()
    assert "token-1" not in repr(held)
