"""A package that offers a framework to Prowler, as its documentation says."""

from __future__ import annotations

from provision.report.assessment import prowler


def offer(framework, site):
    """Write the package into a folder that is to be on Prowler's path, and return the framework's file."""
    package, about = site / "ours", site / "ours-1.dist-info"
    package.mkdir(parents=True)
    about.mkdir()
    (package / "__init__.py").touch()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: ours\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[prowler.compliance.universal]\nours = ours\n")
    (package / prowler.NAME).write_text(framework, encoding="utf-8")
    return package / prowler.NAME
