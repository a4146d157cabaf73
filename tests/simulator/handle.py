"""A simulated cloud for a test: started, asked, and ended with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import requests
import yaml

CLOUD = "simulator"
TESTS = Path(__file__).parent.parent
TIMEOUT = 60


@dataclass(frozen=True)
class Simulator:
    """A running simulator: its address, its clouds.yaml, its process."""

    url: str
    clouds: str
    pid: int

    @property
    def env(self):
        """Return the variables that make a program use this cloud."""
        return {"OS_CLIENT_CONFIG_FILE": self.clouds, "OS_CLOUD": CLOUD}

    def control(self, **knobs):
        """Turn knobs (see simulator/knobs.py); return how all of them stand."""
        return self.post("/_control", knobs)

    def reset(self, **knobs):
        """Make the cloud anew, with nothing on it but what the operator has; much faster than another process."""
        self.post("/_control/reset", knobs)
        self.__dict__.pop("_login", None)

    def revoke(self):
        """Revoke every token; return how many there were."""
        return self.post("/_control/revoke")["revoked"]

    def foreign(self, **asked):
        """Make what is not ours (see simulator/seed.py); return the ids."""
        return self.post("/_control/foreign", asked)["made"]

    def forget(self):
        """Begin a new ledger over the same cloud."""
        self.post("/_control/forget")

    def snapshot(self):
        """Remember how the cloud stands now."""
        return self.post("/_control/snapshot")

    def diff(self):
        """Return what differs from the snapshot; {} when nothing does."""
        return self.get("/_ledger/diff")

    def verdict(self):
        """Return what the ledger has to say."""
        return self.get("/_ledger/verdict")

    def live(self):
        """Return [tenant, name] of everything that is there, by kind."""
        return self.get("/_ledger/live")

    def holdings(self):
        """Return what each tenant has, one line a thing, in words instead of ids."""
        return self.get("/_ledger/holdings")

    def commits(self, **narrow):
        """Return what was committed, the oldest first."""
        return self.get("/_ledger/commits", narrow)["commits"]

    def call(self, service, method, path, body=None, **options):
        """Send one request as the cloud's administrator; return the answer, whatever it is. {project} is his project."""
        token, project = self._login
        headers = {"X-Auth-Token": token, **options.pop("headers", {})}
        url = f"{self.url}/{service}{path}".replace("{project}", project)
        return requests.request(method, url, json=body, headers=headers, timeout=TIMEOUT, **options)

    @cached_property
    def _login(self):
        auth = yaml.safe_load(Path(self.clouds).read_text("utf-8"))["clouds"][CLOUD]["auth"]
        domain = {"name": auth["user_domain_name"]}
        user = {"name": auth["username"], "domain": domain, "password": auth["password"]}
        asked = {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": auth["project_name"], "domain": domain}},
        }
        answer = requests.post(f"{auth['auth_url']}/auth/tokens", json={"auth": asked}, timeout=TIMEOUT)
        return answer.headers["X-Subject-Token"], answer.json()["token"]["project"]["id"]

    def post(self, path, body=None):
        return _said(requests.post(self.url + path, json=body or {}, timeout=TIMEOUT))

    def get(self, path, params=None):
        return _said(requests.get(self.url + path, params=params, timeout=TIMEOUT))


def _said(answer):
    if not answer.ok:
        raise ValueError(answer.text)
    return answer.json() if answer.content else {}


@contextmanager
def simulated(**knobs):
    """Start a simulator with these knobs, on a free port; end it with the block, or with this process."""
    flags = [f"--{name.replace('_', '-')}={json.dumps(value)}" for name, value in knobs.items()]
    with tempfile.TemporaryDirectory(prefix="simulator-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "simulator", "--with-parent", f"--folder={folder}", *flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS), os.environ.get("PYTHONPATH", "")))},
        )
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(
                    f"the simulator did not start (exit {process.wait()}): its stderr says why"
                )
            yield Simulator(**json.loads(line))
        finally:
            process.stdin.close()
            process.terminate()
            process.wait(timeout=10)
            process.stdout.close()
