"""What a test may have go wrong, and that it goes wrong the same way again."""

from __future__ import annotations

import os
import time

import psutil
import pytest
import requests

from simulator import simulated

NETWORKS = "/v2.0/networks"
LOST = (requests.ConnectionError, requests.ReadTimeout)


def post(simulator, name="a", **options):
    return simulator.call("network", "POST", NETWORKS, {"network": {"name": name}}, **options)


def there(simulator):
    return simulator.verdict()["live"]["network"] - 1


def statuses(simulator, count=80):
    return [simulator.call("network", "GET", NETWORKS).status_code for _ in range(count)]


def test_faults_and_ids_are_the_same_again_with_the_same_seed(simulator):
    faults = [{"kind": "503", "fraction": 0.2}, {"kind": "504", "fraction": 0.2}]
    runs = []
    for seed in (7, 7, 8):
        simulator.reset(seed=seed)
        identifier = post(simulator).json()["network"]["id"]
        simulator.control(faults=faults)
        runs.append((identifier, statuses(simulator)))
    assert runs[0] == runs[1]
    assert runs[0][0] != runs[2][0]
    assert runs[0][1] != runs[2][1]
    assert set(runs[0][1]) == {200, 503, 504}


def test_one_fault_does_not_shift_another(simulator):
    simulator.control(faults=[{"kind": "503", "fraction": 0.3}])
    alone = [each == 503 for each in statuses(simulator)]
    simulator.control(faults=[{"kind": "503", "fraction": 0.3}, {"kind": "504", "fraction": 0.3}])
    assert [each == 503 for each in statuses(simulator)] == alone


@pytest.mark.parametrize("kind", ["503", "429", "html"])
def test_some_faults_come_before_anything_is_done(simulator, kind):
    simulator.control(faults=[{"kind": kind, "nth": 1, "methods": "POST"}])
    answer = post(simulator)
    assert answer.status_code == (200 if kind == "html" else int(kind))
    assert there(simulator) == 0
    if kind == "429":
        assert answer.headers["Retry-After"] == "1"
    if kind == "html":
        assert answer.headers["Content-Type"].startswith("text/html")
    assert post(simulator).status_code == 201


@pytest.mark.parametrize("kind", ["reset", "hang", "504", "truncated", "slow"])
def test_some_faults_come_after_everything_was_done(simulator, kind):
    assert simulator.call("network", "GET", NETWORKS).status_code == 200
    simulator.control(faults=[{"kind": kind, "nth": 1, "methods": "POST", "hold": 1.0}])
    started = time.monotonic()
    if kind in {"reset", "hang"}:
        with pytest.raises(LOST):
            post(simulator)
    else:
        answer = post(simulator)
        assert answer.status_code == (504 if kind == "504" else 201)
        if kind == "truncated":
            with pytest.raises(requests.JSONDecodeError):
                answer.json()
    assert (time.monotonic() - started >= 0.7) == (kind in {"hang", "slow"})
    assert there(simulator) == 1
    verdict = simulator.verdict()
    assert verdict["faults"] == {kind: 1}
    assert verdict["requests"]["POST"] == {kind: 1, "201": 1}


def test_a_fault_may_mean_some_calls_only(simulator):
    faults = [{"kind": "503", "fraction": 1, "methods": "DELETE|PUT", "paths": "^/network/.*/routers"}]
    simulator.control(faults=faults)
    assert post(simulator).status_code == 201
    assert simulator.call("network", "DELETE", f"{NETWORKS}/nothing").status_code == 404
    assert simulator.call("network", "DELETE", "/v2.0/routers/nothing").status_code == 503


def test_the_nth_write_is_counted_from_when_it_was_asked_for(simulator):
    simulator.control(faults=[{"kind": "503", "nth": [2, 4], "methods": "POST|PUT|PATCH|DELETE"}])
    found = []
    for name in "abcde":
        simulator.call("network", "GET", NETWORKS)
        found.append(post(simulator, name).status_code)
    assert found == [201, 503, 201, 503, 201]


@pytest.mark.parametrize(
    "knobs",
    [
        {"faults": [{"kind": "nonsense"}]},
        {"latency": {"nonsense": 1}},
        {"nonsense": 1},
        {"faults": [{"kind": "503", "paths": "("}]},
    ],
)
def test_a_knob_that_is_not_there_is_refused(simulator, knobs):
    with pytest.raises(ValueError, match="error"):
        simulator.control(**knobs)


def test_new_rows_are_not_seen_at_first_but_are_there(simulator):
    simulator.control(stale={"fraction": 1, "seconds": 3600})
    identifier = post(simulator).json()["network"]["id"]
    assert simulator.call("network", "GET", f"{NETWORKS}/{identifier}").status_code == 404
    listed = simulator.call("network", "GET", NETWORKS).json()["networks"]
    assert [each["name"] for each in listed] == []
    changed = simulator.call("network", "PUT", f"{NETWORKS}/{identifier}", {"network": {"mtu": 1300}})
    assert changed.status_code == 200
    simulator.control(stale={"fraction": 0, "seconds": 0})
    assert simulator.call("network", "GET", f"{NETWORKS}/{identifier}").status_code == 200


def test_half_of_the_reads_may_be_stale(simulator):
    identifier = post(simulator).json()["network"]["id"]
    simulator.control(stale={"fraction": 0.5, "seconds": 3600})
    found = [simulator.call("network", "GET", f"{NETWORKS}/{identifier}").status_code for _ in range(60)]
    assert 15 < found.count(404) < 45


def test_only_some_reads_may_be_stale(simulator):
    simulator.control(stale={"fraction": 1, "seconds": 3600, "paths": "^/network/v2.0/subnets"})
    identifier = post(simulator).json()["network"]["id"]
    assert simulator.call("network", "GET", f"{NETWORKS}/{identifier}").status_code == 200
    body = {"subnet": {"network_id": identifier, "ip_version": 4, "cidr": "10.1.0.0/24"}}
    made = simulator.call("network", "POST", "/v2.0/subnets", body).json()["subnet"]["id"]
    assert simulator.call("network", "GET", f"/v2.0/subnets/{made}").status_code == 404


def test_a_service_takes_so_many_calls_and_no_more(simulator):
    simulator.control(rates={"network": {"rate": 0.001, "burst": 2, "retry_after": 86400}})
    answers = [simulator.call("network", "GET", NETWORKS) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "86400"
    assert simulator.call("compute", "GET", "/v2.1/flavors").status_code == 200


def test_the_bucket_fills_again_and_may_count_writes_alone(simulator):
    simulator.control(rates={"*": {"rate": 20, "burst": 1}}, writes_only=True)
    assert statuses(simulator, 5) == [200] * 5
    assert [post(simulator, name).status_code for name in "ab"] == [201, 429]
    time.sleep(0.1)
    assert post(simulator, "c").status_code == 201


def test_a_slow_service_is_slow_and_the_others_are_not(simulator):
    simulator.control(latency={"network": 0.6})
    took = {}
    for service, path in (("network", NETWORKS), ("compute", "/v2.1/flavors")):
        started = time.monotonic()
        simulator.call(service, "GET", path)
        took[service] = time.monotonic() - started
    assert took["network"] >= 0.6 > took["compute"]


def test_revoked_tokens_and_old_ones_open_nothing(simulator):
    assert simulator.call("network", "GET", NETWORKS).status_code == 200
    assert simulator.revoke() == 1
    assert simulator.call("network", "GET", NETWORKS).status_code == 401
    simulator.reset(token_life=0.0)
    assert simulator.call("network", "GET", NETWORKS).status_code == 401
    assert simulator.verdict()["tokens"] == 1


def test_it_ends_with_its_block_and_with_whoever_started_it():
    with simulated() as simulator:
        assert psutil.pid_exists(simulator.pid)
        assert psutil.Process(simulator.pid).ppid() == os.getpid()
    assert not psutil.pid_exists(simulator.pid)
