from __future__ import annotations

from textwrap import dedent

import pytest

from provision.declare import load
from provision.errors import DocumentErrors

ESTATE = """
    estate: demo
    region: fr-par
    external_network: public
    pools: {ipv4: tenants-v4, ipv6: tenants-v6}
    flavors: {standard: [std.small], secured: [sec.small]}
    volume_types: {standard: standard, luks: luks}
    destinations:
      dns: {protocol: udp, ports: 53, to: any}
      ntp: {protocol: udp, ports: 123, to: any}
      https-mirror: {protocol: tcp, ports: 443, to: [192.0.2.0/24, "2001:db8:1::/64"]}
"""
PLAIN = """
    profile: plain
    version: 1.0.0
    title: Plain
    owner: {name: "{{ tenant.title }}"}
    quotas: {compute: {cores: 10, ram: 40 GiB}}
"""


class Documents:
    """A folder of documents; each is given by its path and its text."""

    def __init__(self, folder):
        self.folder = folder
        self.write("estate.yaml", ESTATE)
        self.write("profiles/plain/profile.yaml", PLAIN)

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text).lstrip("\n"), encoding="utf-8")

    def tenant(self, key, more="", profile="plain"):
        self.write(f"tenants/{key}.yaml", f"tenant: {key}\nprofile: {profile}\n" + dedent(more).lstrip("\n"))

    def profile(self, name, more="", extends="plain"):
        head = f"profile: {name}\nversion: 1.0.0\ntitle: {name}\nextends: {extends}\n"
        self.write(f"profiles/{name}/profile.yaml", head + dedent(more).lstrip("\n"))

    def load(self):
        return load(self.folder)

    def mistakes(self):
        """What loading says, as ``file:line what → do``, one entry a mistake."""
        with pytest.raises(DocumentErrors) as caught:
            self.load()
        return [f"{each.where} {each.what} → {each.do}" for each in caught.value.mistakes]

    def mistake(self):
        (only,) = self.mistakes()
        return only


@pytest.fixture
def documents(tmp_path, monkeypatch):
    """An estate that knows no shipped profile, so that a test says all that counts."""
    monkeypatch.setattr("provision.declare.estate.profiles_folder", lambda: tmp_path / "none")
    return Documents(tmp_path / "estate")
