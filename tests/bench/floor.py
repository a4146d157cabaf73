"""The floor: recorded calls, sent again with `requests` and nothing else; run as a process of its own.

    python floor.py CALLS [CONNECTIONS]

The environment's OS_* variables say who asks. One token, one session, sixteen calls at a time unless told otherwise, each as
soon as those it needs have ended. Prints what it took as JSON; ends with 1 at the first answer that is an error.
"""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import reduce
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter

CONNECTIONS = 16


def main(calls_file, connections=CONNECTIONS):
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", HTTPAdapter(pool_connections=32, pool_maxsize=int(connections)))
    began = time.perf_counter()
    session.headers["X-Auth-Token"] = _token(session)
    calls = json.loads(Path(calls_file).read_text(encoding="utf-8"))["calls"]
    spans = _walk(calls, Sender(session), int(connections))
    sys.stdout.write(f"{json.dumps(costs(began, spans))}\n")


def costs(began, spans):
    """What it took, in seconds: in all, of it with at least one request under way, and the requests' own times summed."""
    return {
        "seconds": round(time.perf_counter() - began, 3),
        "waited": round(covered(spans), 3),
        "summed": round(sum(end - start for start, end in spans), 3),
        "requests": len(spans) + 1,
    }


def covered(spans):
    """Seconds during which at least one of the spans (start, end) was open."""
    total, until = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total


class Sender:
    """Sends one call; remembers what its answer gave for those that come later."""

    def __init__(self, session):
        self.session, self.known = session, {}

    def __call__(self, call):
        started = time.perf_counter()
        answer = self.session.request(
            call["method"],
            self._filled(call["url"]),
            data=self._filled(call["body"]),
            headers=call["headers"],
            timeout=120,
        )
        ended = time.perf_counter()
        if answer.status_code >= 400:
            sys.exit(f"{call['method']} {answer.url}: {answer.status_code} {answer.text}")
        if call["gives"]:
            body = answer.json()
            for name, path in call["gives"].items():
                self.known[name] = reduce(lambda value, key: value[key], path, body)
        return started, ended

    def _filled(self, text):
        for name in [name for name in self.known if name in text]:
            text = text.replace(name, self.known[name])
        return text


def _walk(calls, send, connections):
    waiting = {number: set(call["after"]) for number, call in enumerate(calls)}
    running, spans = {}, []
    with ThreadPoolExecutor(connections) as pool:
        while waiting or running:
            for number in [number for number, before in waiting.items() if not before]:
                del waiting[number]
                running[pool.submit(send, calls[number])] = number
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                spans.append(future.result())
                number = running.pop(future)
                for before in waiting.values():
                    before.discard(number)
    return spans


def _token(session):
    password = {
        "name": os.environ["OS_USERNAME"],
        "domain": {"name": os.environ["OS_USER_DOMAIN_NAME"]},
        "password": os.environ["OS_PASSWORD"],
    }
    project = {
        "name": os.environ["OS_PROJECT_NAME"],
        "domain": {"name": os.environ["OS_PROJECT_DOMAIN_NAME"]},
    }
    body = {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": password}},
            "scope": {"project": project},
        }
    }
    answer = session.post(f"{os.environ['OS_AUTH_URL'].rstrip('/')}/auth/tokens", json=body, timeout=120)
    answer.raise_for_status()
    return answer.headers["X-Subject-Token"]


if __name__ == "__main__":
    main(*sys.argv[1:])
