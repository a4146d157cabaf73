"""Four ways to bring the same tenant to the same cloud, each a process of its own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml
from bench import client_script, playbook, recording, wanted
from bench.measure import Cost, run

from provision import sandbox as control
from provision.cloud.connect import connect

if TYPE_CHECKING:
    from bench.recording import Call, Recording
    from bench.wanted import Wanted

HERE: Final = Path(__file__).parent
SOURCE: Final = HERE.parents[1]
BIN: Final = Path(sys.executable).parent
PROFILE: Final = "startup"
ESTATE: Final = """\
estate: {name}
region: fr-par
domain: Default
external_network: public
pools: {{ipv4: tenants-v4, ipv6: tenants-v6}}
prefix_lengths: {{ipv4: 26, ipv6: 64}}
flavors: {{standard: [std.small, std.medium], secured: [sec.small, sec.medium]}}
volume_types: {{standard: standard, luks: luks}}
destinations:
  dns: {{protocol: udp, ports: 53, to: any}}
  ntp: {{protocol: udp, ports: 123, to: any}}
  https-mirror: {{protocol: tcp, ports: 443, to: any}}
"""
ANSIBLE: Final = ("ansible>=12,<13", "openstacksdk>=4.8,<4.9")
PENDING: Final = 2


@dataclass(slots=True)
class Ground:
    """A running sandbox, an estate in a folder, and who asks: where the contestants meet."""

    sandbox: Path
    folder: Path
    name: str = field(default_factory=lambda: f"bench{secrets.token_hex(2)}")
    environment: dict[str, str] = field(default_factory=dict)
    services: tuple[int, ...] = ()
    pools: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Write the estate; find the services' processes and the subnet pools' ids."""
        (self.estate / "tenants").mkdir(parents=True)
        (self.estate / "estate.yaml").write_text(ESTATE.format(name=self.name), encoding="utf-8")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("OS_", "PROVISION_"))}
        self.environment = {**kept, **control.environment(self.sandbox), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
        self.services = tuple(each.pid for each in control.status(self.sandbox) if each.pid)
        with as_operator(self), closing(connect(None, estate=self.name)) as cloud:
            self.pools = {pool["name"]: pool["id"] for pool in cloud.shared.subnet_pools()}

    @property
    def estate(self) -> Path:
        """Return the estate's folder."""
        return self.folder / "estate"

    @property
    def named(self) -> dict[str, str]:
        """Return the environment with every OS_* variable, for the tools that read no clouds.yaml."""
        clouds = yaml.safe_load(Path(self.environment["OS_CLIENT_CONFIG_FILE"]).read_text(encoding="utf-8"))
        cloud = clouds["clouds"][self.environment["OS_CLOUD"]]
        said = {f"OS_{name.upper()}": str(value) for name, value in cloud["auth"].items()}
        return {
            **self.environment,
            **said,
            "OS_REGION_NAME": cloud["region_name"],
            "OS_IDENTITY_API_VERSION": "3",
        }

    def tenant(self) -> str:
        """Write the documents of a fresh tenant and return its key."""
        key = f"{self.name}-{secrets.token_hex(3)}"
        (self.estate / "tenants" / f"{key}.yaml").write_text(
            f"tenant: {key}\nprofile: {PROFILE}\n", encoding="utf-8"
        )
        return key

    def plan(self, tenant: str) -> Wanted:
        """Return what `provision plan` wants of a fresh tenant."""
        cost = self.provision("plan", tenant, "--format", "json", expect=PENDING)
        return wanted.read(cost.output)

    def provision(self, *words: str, expect: int = 0) -> Cost:
        """Run `provision` on the estate."""
        return run(
            [str(ours() / "bin" / "provision"), *words, "--estate", str(self.estate)],
            self.environment,
            self.services,
            expect=expect,
        )


Bring = Callable[[Ground, str], Cost]


def with_provision(ground: Ground, tenant: str) -> Cost:
    """`provision apply TENANT --yes`."""
    return ground.provision("apply", tenant, "--yes", "--format", "json")


def with_floor(calls: Sequence[Call]) -> Bring:
    """Return the floor: the calls of a recording, and nothing else."""

    def bring(ground: Ground, tenant: str) -> Cost:
        file = ground.folder / f"{tenant}.json"
        recording.save(calls, file, estate=ground.name, tenant=tenant)
        return run(
            [str(ours() / "bin" / "python"), str(HERE / "floor.py"), str(file)], ground.named, ground.services
        )

    return bring


def with_client(ground: Ground, tenant: str) -> Cost:
    """A shell script of `openstack` commands."""
    script = ground.folder / f"{tenant}.sh"
    text = client_script.script(
        ground.plan(tenant), str(client() / "bin" / "openstack"), str(client() / "bin" / "cinder")
    )
    script.write_text(text, encoding="utf-8")
    return run(["bash", str(script)], ground.named, ground.services)


def with_ansible(ground: Ground, tenant: str) -> Cost:
    """A playbook of `openstack.cloud`, in an environment of its own."""
    return play(ground, write_playbooks(ground, tenant)[:1])


def write_playbooks(ground: Ground, tenant: str) -> tuple[Path, Path]:
    """Write the playbook of a tenant that is not on the cloud yet, and the one to run again when it is."""
    planned = ground.plan(tenant)
    for subnet in planned["subnet"].values():
        if "pool" in subnet:
            subnet["pool"]["id"] = ground.pools[subnet["pool"]["name"]]
    files = ground.folder / f"{tenant}.yaml", ground.folder / f"{tenant}-again.yaml"
    for file, again in zip(files, (False, True), strict=True):
        plays = playbook.play(planned, str(client() / "bin" / "cinder"), again=again)
        file.write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
    return files


def play(ground: Ground, files: Sequence[Path]) -> Cost:
    """Run playbooks, one after the other in one process."""
    python = ansible() / "bin" / "python"
    settings = {
        "ANSIBLE_HOME": str(ground.folder / "ansible"),
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    }
    command = [
        str(python.parent / "ansible-playbook"),
        "-e",
        f"ansible_python_interpreter={python}",
        *map(str, files),
    ]
    return run(command, {**ground.named, **settings}, ground.services)


def ansible() -> Path:
    """Return Ansible's own environment."""
    return _environment("ansible", *ANSIBLE)


@cache
def ours() -> Path:
    """Return an environment that has this source, and nothing of the sandbox's, as its users have it."""
    return _environment("provision", "--reinstall-package", "provision", str(SOURCE), anew=True)


@cache
def client() -> Path:
    """Return the client's own environment, of the versions that are here."""
    packages = ("python-openstackclient", "python-cinderclient")
    return _environment("client", *(f"{each}=={version(each)}" for each in packages))


def _environment(name: str, *packages: str, anew: bool = False) -> Path:
    """Return a contestant's environment, made once and kept in the user's cache; `anew` installs each time."""
    cache_folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = cache_folder / "provision" / "bench" / name
    done = place / "installed"
    wish = " ".join(packages)
    known = done.exists() and done.read_text(encoding="utf-8") == wish
    uv, environment = str(BIN / "uv"), {**os.environ, "VIRTUAL_ENV": str(place)}
    if not known:
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(place)], check=True)
    if anew or not known:
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--compile-bytecode", *packages], env=environment, check=True
        )
        done.write_text(wish, encoding="utf-8")
    return place


def versions() -> Mapping[str, str]:
    """Return the versions of what ran: Ansible's environment's and ours."""
    asked = {
        str(ansible() / "bin" / "python"): ("ansible", "ansible-core", "openstacksdk"),
        sys.executable: ("provision", "openstacksdk", "python-openstackclient", "requests"),
    }
    found = {}
    for python, packages in asked.items():
        code = f"import json, importlib.metadata as m; print(json.dumps({{p: m.version(p) for p in {packages!r}}}))"
        said = json.loads(
            subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout
        )
        where = "" if python == sys.executable else " (Ansible's environment)"
        found.update({f"{name}{where}": version for name, version in said.items()})
    listed = (ansible() / "lib").glob(
        "python3*/site-packages/ansible_collections/openstack/cloud/MANIFEST.json"
    )
    found["openstack.cloud"] = json.loads(next(listed).read_text(encoding="utf-8"))["collection_info"][
        "version"
    ]
    return found


def record(ground: Ground) -> Recording:
    """Record one apply of a fresh tenant, in this process."""
    with as_operator(ground):
        return recording.record(ground.estate, ground.tenant())


@contextmanager
def as_operator(ground: Ground) -> Iterator[None]:
    """Let this process's own environment name the ground's cloud."""
    kept = {key: os.environ.pop(key) for key in list(os.environ) if key.startswith("OS_")}
    chosen = {key: value for key, value in ground.environment.items() if key.startswith("OS_")}
    os.environ.update(chosen)
    try:
        yield
    finally:
        for key in chosen:
            del os.environ[key]
        os.environ.update(kept)
