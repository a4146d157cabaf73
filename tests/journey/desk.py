"""Somebody's desk, with a shell on it; and counting what is really there."""

from __future__ import annotations

import json
import secrets
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent

ESTATE = """\
estate: {name}
region: fr-par
domain: Default
external_network: public
pools: {{ipv4: tenants-v4, ipv6: tenants-v6}}
prefix_lengths: {{ipv4: 26, ipv6: 64}}
flavors: {{standard: [std.small, std.medium], secured: [sec.small, sec.medium]}}
hosts: {{reserved: [dedicated-1, dedicated-2, dedicated-3, dedicated-4]}}
volume_types: {{standard: standard, luks: luks}}
secret_stores: {{hardware: [Software Only Crypto]}} # a stand-in: the sandbox has no hardware
defaults: {{sizes: {{S: 0.5, M: 1, L: 2, XL: 4}}}}
destinations:
  dns: {{protocol: udp, ports: 53, to: any}}
  ntp: {{protocol: udp, ports: 123, to: any}}
  https-mirror: {{protocol: tcp, ports: 443, to: any}}
"""


@dataclass
class Desk:
    """Somebody's desk: an estate in a folder, and a shell that reaches the sandbox."""

    estate: Path
    environment: dict[str, str]
    name: str

    def tenant(self, profile, more="", key=None):
        key = key or f"{self.name}-{secrets.token_hex(3)}"
        (self.estate / "tenants" / f"{key}.yaml").write_text(f"tenant: {key}\nprofile: {profile}\n{more}")
        return key

    def command(self, *words):
        return [str(BIN / "provision"), *words, "--estate", str(self.estate)]

    def provision(self, *words, expect=0):
        done = subprocess.run(
            self.command(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout
        assert done.returncode == expect, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *words, expect=0):
        return json.loads(self.provision(*words, "--format", "json", expect=expect).stdout)

    def start(self, *words):
        return subprocess.Popen(
            self.command(*words),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for_steps(self, running, count):
        """Wait until a run has begun so many steps more than its journal held when it started."""
        before = self._steps()
        until = time.monotonic() + 60
        while self._steps() < before + count and running.poll() is None and time.monotonic() < until:
            time.sleep(0.02)

    def _steps(self):
        journal = self.estate / ".provision" / "journal.sqlite"
        if not journal.exists():
            return 0
        with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=5)) as opened:
            try:
                return opened.execute("SELECT COUNT(*) FROM operation").fetchone()[0]
            except sqlite3.OperationalError:
                return 0

    def openstack(self, *words):
        done = subprocess.run(
            [str(BIN / "openstack"), *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def leave(desk):
    """Retire every tenant of a desk: the way out is the road in."""
    documents = list((desk.estate / "tenants").glob("*.yaml"))
    (desk.estate / "estate.yaml").write_text(ESTATE.format(name=desk.name))
    for path in documents:
        text = "\n".join(
            line for line in path.read_text().splitlines() if not line.startswith(("state:", "retirement:"))
        )
        path.write_text(
            f"{text}\nstate: retired\nretirement: {{reason: end of the test, date: 2026-11-23}}\n"
        )
    if documents:
        desk.provision("apply", "--yes")


def twice(cloud):
    """Return everything of which there are two of one name in one project, counted through the API; things without a name are nobody's here."""
    found = []
    for kind in ("networks", "subnets", "routers", "security-groups"):
        counted = Counter(
            (item["project_id"], item["name"])
            for item in cloud.network.list(f"/{kind}", kind.replace("-", "_"))
            if item["name"]
        )
        found += [(kind, *name) for name, times in counted.items() if times > 1]
    for kind in ("projects", "groups"):
        counted = Counter((item["domain_id"], item["name"]) for item in cloud.identity.list(f"/{kind}", kind))
        found += [(kind, *name) for name, times in counted.items() if times > 1]
    return found
