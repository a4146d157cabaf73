"""An OpenLDAP of a test's own, over TLS, with a few people and groups; and whether this machine can have one."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SUFFIX = "dc=example"
READER = f"cn=keystone,{SUFFIX}"
ADMIN = f"cn=admin,{SUFFIX}"
_PATHS = f"/usr/sbin{os.pathsep}{os.environ.get('PATH', '')}"
LACKING = [
    *(name for name in ("slapd", "slapadd", "ldapmodify", "openssl") if not shutil.which(name, path=_PATHS)),
    *(name for name in ("ldap", "ldappool") if importlib.util.find_spec(name) is None),
]  # fmt: skip
_CONF = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCACertificateFile {tls}.pem
TLSCertificateFile {tls}.pem
TLSCertificateKeyFile {tls}.key
database mdb
suffix {suffix}
rootdn {admin}
rootpw not-a-secret-admin
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
"""


@dataclass
class Directory:
    folder: Path
    tls: Path
    port: int
    process: object = None

    @property
    def url(self):
        return f"ldaps://127.0.0.1:{self.port}"

    @property
    def ca_file(self):
        return str(self.tls.with_suffix(".pem"))

    def open(self):
        """Start answering."""
        command = ["/usr/sbin/slapd", "-d", "0", "-f", self.folder / "slapd.conf", "-h", self.url]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while not self._listens():
            assert self.process.poll() is None and time.monotonic() < until, "slapd does not answer"
            time.sleep(0.05)

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def shut(self):
        """Answer nobody any more."""
        self.process.terminate()
        self.process.wait(timeout=20)

    def rename_password(self, new):
        """Give another password to the account that Keystone reads with, and end the connections it made with the former."""
        change = f"dn: {READER}\nchangetype: modify\nreplace: userPassword\nuserPassword: {new}\n"
        said = ["ldapmodify", "-x", "-H", self.url, "-D", ADMIN, "-w", "not-a-secret-admin"]
        trusted = {"LDAPTLS_CACERT": self.ca_file}
        subprocess.run(said, input=change, text=True, check=True, capture_output=True, env=trusted)
        self.shut()
        self.open()


@contextmanager
def openldap(folder, tls, people, groups, password):
    """Run one: `people` are passwords by name, `groups` the names of who is in them, `password` is the reader's.

    The certificate is made once and kept beside `tls`: a Keystone trusts the first that it was given as long as it runs.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = Directory(folder, tls, free.getsockname()[1])
    (folder / "data").mkdir()
    if not tls.with_suffix(".pem").exists():
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tls.with_suffix(".key"), "-out", tls.with_suffix(".pem")],
            check=True, capture_output=True,
        )  # fmt: skip
    (folder / "slapd.conf").write_text(_CONF.format(folder=folder, tls=tls, suffix=SUFFIX, admin=ADMIN))
    ldif = "\n\n".join(_entries(people, groups, password))
    subprocess.run(
        ["/usr/sbin/slapadd", "-f", folder / "slapd.conf"],
        input=ldif,
        text=True,
        check=True,
        capture_output=True,
    )
    made.open()
    try:
        yield made
    finally:
        made.shut()


def _entries(people, groups, password):
    yield f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example"
    yield f"dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: keystone\nuserPassword: {password}"
    for unit in ("people", "groups"):
        yield f"dn: ou={unit},{SUFFIX}\nobjectClass: organizationalUnit\nou: {unit}"
    for name, secret in people.items():
        yield f"dn: {_person(name)}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {name}\nsn: {name}\nmail: {name}@example.org\nuserPassword: {secret}"
    for name, members in groups.items():
        listed = "\n".join(f"member: {_person(each)}" for each in members)
        yield f"dn: cn={name},ou=groups,{SUFFIX}\nobjectClass: groupOfNames\ncn: {name}\n{listed}"


def _person(name):
    return f"uid={name},ou=people,{SUFFIX}"
