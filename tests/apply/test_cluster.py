import subprocess
import sys
from types import SimpleNamespace

import pytest
from distributed.comm import CommClosedError
from distributed.scheduler import KilledWorker, NoWorkerError

from provision.apply import cluster as room
from provision.apply.cluster import Cluster, gathered, refuse_plain
from provision.errors import ClusterError, UnknownOutcome, UsageError

JOB = SimpleNamespace(tenant="acme", mark="acme-1")


@pytest.mark.parametrize(
    "address",
    [
        "tcp://10.0.0.4:8786",
        "10.0.0.4:8786",
        "tcp://scheduler.example:8786",
        "tcp://0.0.0.0:8786",
        "ws://127.0.0.1:8786",
        "tls://",
        "",
        "localhost.example:8786",
    ],
)
def test_tasks_never_travel_in_the_clear(address):
    with pytest.raises(UsageError) as refused:
        refuse_plain(address, "--scheduler")
    assert refused.value.exit_code == 4
    for language in ("en", "fr"):
        assert "tls://" in refused.value.render(language) and "docs/cluster.md" in refused.value.render(language)  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["tls://10.0.0.4:8786", "tls://scheduler.example:8786", "tcp://127.0.0.1:8786", "tcp://[::1]:8786", "localhost:8786"],
)  # fmt: skip
def test_tls_may_go_anywhere_and_plain_tcp_stays_here(address):
    refuse_plain(address, "--scheduler")


def test_nothing_of_dask_is_needed_until_it_is_asked_for():
    code = "import sys, provision.workflow.changing; print([n for n in ('dask', 'distributed', 'tornado') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"  # fmt: skip


def test_a_missing_extra_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"provision\[cluster\]"), gathered("tls://127.0.0.1:1"):
        pass


def test_missing_certificates_are_named(monkeypatch):
    with pytest.raises(UsageError, match=r"distributed\.comm\.tls\.ca-file"), gathered("tls://127.0.0.1:1"):
        pass


def test_a_scheduler_that_does_not_answer_is_an_error_and_no_traceback(monkeypatch):
    import dask  # noqa: PLC0415

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "200ms"}),
        pytest.raises(ClusterError, match="no scheduler answers"),
        gathered("tcp://127.0.0.1:1"),
    ):
        pass


@pytest.mark.parametrize(
    ("error", "said", "over"),
    [
        (KilledWorker("acme-1", SimpleNamespace(address="tls://w"), 3), "4 worker processes died", False),
        (room.CancelledError(), "the scheduler at tls://s was lost", True),
        (CommClosedError("closed"), "the scheduler at tls://s was lost", True),
        (NoWorkerError("acme-1", 60.0), "the cluster has no worker left", True),
    ],
)
def test_what_did_not_come_back_is_in_doubt(error, said, over):
    lone = Cluster("tls://s", SimpleNamespace(status="running"), None)
    left = lone.gone(JOB, error)
    assert isinstance(left, UnknownOutcome) and said in str(left) and "acme" in str(left)
    assert lone.lost() is over


def test_a_scheduler_lost_once_stays_lost():
    client = SimpleNamespace(status="connecting")
    lone = Cluster("tls://s", client, None)
    assert lone.lost()
    client.status = "running"
    assert lone.lost()
    lone.forget(JOB)


def test_a_defect_is_raised():
    with pytest.raises(ZeroDivisionError):
        Cluster("tls://s", SimpleNamespace(status="running"), None).gone(JOB, ZeroDivisionError())


def test_a_worker_of_another_version_or_in_the_clear_is_refused():
    def client(versions):
        return SimpleNamespace(wait_for_workers=lambda *_, **__: None, run=lambda *_, **__: versions)

    with pytest.raises(ClusterError, match=r"tls://w.*0\.0\.0"):
        room._inspect(client({"tls://w:1": "0.0.0"}), "tls://s")
    with pytest.raises(UsageError, match=r"10\.0\.0\.4"):
        room._inspect(client({"tcp://10.0.0.4:1": room.installed()}), "tls://s")
