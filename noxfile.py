"""The project's chores: `nox` runs the default ones, `nox -l` lists them all.

Sessions use the environment that `.ci/setup` made, so that nothing is installed twice.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nox

os.environ.pop(
    "PYTHONDONTWRITEBYTECODE", None
)  # the hundreds of processes that tests start would each compile everything anew
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "docs", "formats", "tests"]

BESIDE = ("-n", "2", "--dist", "loadfile")
PINS = {
    "provision/apply/requirements.txt": "provision/apply/requirements.in",
    "provision/record/requirements.txt": "provision/record/requirements.in",
    "provision/sandbox/requirements.txt": "provision/sandbox/requirements.in",
    "tests/formats/prowler.txt": "tests/formats/prowler.in",
    "tests/formats/trestle.txt": "tests/formats/trestle.in",
    "tests/requirements.txt": "tests/requirements.in",
}


@nox.session
def lint(session: nox.Session) -> None:
    """Style, complexity and the direction of the arrows."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", "--no-cache")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """See that the generated pages are what the code says (`nox -s docs -- --write` writes them)."""
    session.run("python", "-m", "provision.cli.reference", *(session.posargs or ["--check"]))


@nox.session(venv_backend="uv", reuse_venv=True)
def formats(session: nox.Session) -> None:
    """Have trestle read our OSCAL; in an environment of its own, since what it pins is not what the sandbox does."""
    _read_by(session, "trestle")


@nox.session(venv_backend="uv", reuse_venv=True)
def prowler(session: nox.Session) -> None:
    """Have Prowler load our compliance framework and our findings (1.4 GB to install, so not one of the default ones)."""
    _read_by(session, "prowler")


def _read_by(session: nox.Session, program: str) -> None:
    session.install("--quiet", "--requirement", f"tests/formats/{program}.txt")
    theirs = {f"PROVISION_{program.upper()}": str(Path(session.bin) / "python")}
    ours = Path(sys.executable).parent / "pytest"
    session.run(str(ours), "tests/formats", "-k", program, *session.posargs, env=theirs, external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """Run everything but the benchmarks; the contract suite on a real sandbox, then on the simulator too.

    Two at a time, each with a sandbox of its own: a file's tests stay together.
    """
    session.run("pytest", *(session.posargs or BESIDE))
    if not session.posargs:
        session.run("pytest", *BESIDE, "tests/contract", "--cloud", "simulator")


@nox.session
def coverage(session: nox.Session) -> None:
    """Say which lines and branches no test of the pure rooms takes (measuring costs what CI has no time for)."""
    session.run("pytest", "-m", "not sandbox", "--cov", "--cov-report=term:skip-covered", *session.posargs)


@nox.session
def contract(session: nox.Session) -> None:
    """Hold every kind against the real services, and the simulator against the same cases."""
    for cloud in ("sandbox", "simulator"):
        session.run("pytest", "tests/contract", "--cloud", cloud, *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure, and write docs/benchmarks.md: a quarter of an hour and Ansible's download (see that page for parts of it)."""
    session.run("python", "-m", "bench", *session.posargs, env={"PYTHONPATH": f"tests{os.pathsep}."})


@nox.session
def faults(session: nox.Session) -> None:
    """Run the fault suite at its full size, and print what ran and what the simulator's ledger says (about an hour)."""
    session.run("pytest", "tests/faults", "--full", *session.posargs)


@nox.session
def pins(session: nox.Session) -> None:
    """Make the locks anew from the *.in files (deliberately, never in CI)."""
    for lock, source in PINS.items():
        session.run(
            "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--no-annotate", "--no-header",
            "--no-emit-index-url", "--no-emit-find-links", "--upgrade", "--output-file", lock, source,
        )  # fmt: skip
