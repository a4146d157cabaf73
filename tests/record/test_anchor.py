"""A ledger dated by a real RFC 3161 authority: OpenSSL's, behind a server of its own on this machine."""

from __future__ import annotations

import json
import subprocess
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from provision import cli
from provision.errors import Refused, Unreachable, UsageError
from provision.model.book import Book, Dated
from provision.record.anchor import anchor, certificate
from provision.record.entry import Fact
from provision.record.examine import worth
from provision.record.ledger import ENTRIES

CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
x509_extensions = {extensions}
[name]
CN = {name}
[authority]
basicConstraints = critical, CA:TRUE
[stamping]
basicConstraints = CA:FALSE
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
"""


class Authority:
    """An authority of one root and one signer; `answers` may be changed into something that is none."""

    def __init__(self, folder, name):
        self.folder, self.name, self.answers = folder, name, None
        folder.mkdir()
        (folder / "serial").write_text("01")
        self.root = folder / "root.pem"
        new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
        self.run("authority", f"{name} root", *new, "-keyout", folder / "root.key", "-out", self.root)
        issued = ("-CA", self.root, "-CAkey", folder / "root.key")
        self.run("stamping", name, *new, *issued, "-keyout", folder / "tsa.key", "-out", folder / "tsa.pem")

    def run(self, extensions, name, *words):
        file = self.folder / "openssl.cnf"
        file.write_text(CONFIGURATION.format(folder=self.folder, name=name, extensions=extensions))
        subprocess.run(["openssl", words[0], "-config", file, *words[1:]], check=True, capture_output=True)

    def answer(self, question):
        (self.folder / "question").write_bytes(question)
        asked = ("-reply", "-queryfile", self.folder / "question", "-out", self.folder / "answer")
        self.run("stamping", self.name, "ts", *asked)
        return (self.folder / "answer").read_bytes()


@pytest.fixture
def authority(tmp_path):
    authority = Authority(tmp_path / "authority", "Somebody Else")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            question = self.rfile.read(int(self.headers["Content-Length"]))
            content = authority.answers or authority.answer(question)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        authority.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield authority
        server.shutdown()
        thread.join()


def test_what_is_dated_and_what_is_not_are_told_apart(book, authority):
    root = certificate(authority.root)
    first = anchor(book.state, authority.url, root)
    assert first.size == len(book.lines) and "Somebody Else root" in first.authority
    book.add("later")
    found = book.found(authority=root)
    assert not found.problems and (found.dated, found.entries) == (first.size, len(book.lines))
    anchor(book.state, authority.url, root)
    found = book.found(authority=root)
    assert [each.size for each in found.anchors] == [first.size, len(book.lines)]
    assert found.dated == found.entries and not found.problems
    assert book.found().dated == 0 and "were not looked at" in str(book.found().notes)


def test_an_audit_is_told_the_last_date_and_what_was_rewritten(book, authority):
    root = certificate(authority.root)
    made = anchor(book.state, authority.url, root)
    told = worth(book.found(authority=root))
    assert told == Book(made.size, dated=Dated(made.size, datetime.now(UTC).date(), made.authority))
    assert worth(book.found()).dated is None
    book.lines = [book.lines[0].replace(b"ledger.begun", b"ledger.begin"), *book.lines[1:]]
    assert worth(book.found(authority=root)).altered


def test_a_stamp_is_what_openssl_reads(book, authority, tmp_path):
    made = anchor(book.state, authority.url, certificate(authority.root))
    (tmp_path / "line").write_bytes(book.checkpoints[-1].removesuffix(b"\n"))
    stamp = book.folder / "anchors" / f"{made.size}.tsr"
    words = ["openssl", "ts", "-verify", "-in", stamp, "-data", tmp_path / "line", "-CAfile", authority.root]
    assert b"Verification: OK" in subprocess.run(words, check=True, capture_output=True).stdout
    assert (stamp.stat().st_mode & 0o777, stamp.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_who_holds_the_key_and_rewrites_everything_is_found_by_the_date(book, authority):
    """The signature holds, the hashes agree: only what somebody else stamped does not."""
    root = certificate(authority.root)
    anchor(book.state, authority.url, root)
    size = len(book.lines)
    for path in book.folder.iterdir():
        if path.is_file():
            path.unlink()
    while not (book.folder / ENTRIES).exists() or len(book.lines) < size:
        book.ledger.add([Fact("plan.made", {"told": "otherwise"})])
    assert book.told() == []
    (problem,) = book.found(authority=root).problems
    assert problem.side.value == "integrity" and problem.where.endswith(f"{size}.tsr")
    assert book.found(authority=root).dated == 0


def test_a_tail_cut_with_its_checkpoints_is_found_by_the_date(book, authority):
    root = certificate(authority.root)
    anchor(book.state, authority.url, root)
    book.checkpoints, cut = book.checkpoints[:-1], json.loads(book.lines[-1])["sequence"]
    kept = book.found().size
    book.lines, book.hashes = book.lines[:kept], book.hashes[: kept * 32]
    assert book.told() == []
    (problem,) = book.found(authority=root).problems
    assert problem.side.value == "completeness" and str(cut + 1) in str(problem.what)


def test_a_stamp_of_another_authority_or_of_nobody_is_not_kept(book, authority, tmp_path):
    stranger = certificate(Authority(tmp_path / "stranger", "Stranger").root)
    with pytest.raises(Refused, match="does not hold"):
        anchor(book.state, authority.url, stranger)
    for nothing in (b"no", b"<html>"):
        authority.answers = nothing
        with pytest.raises(Refused, match="does not hold"):
            anchor(book.state, authority.url, certificate(authority.root))
    assert not (book.folder / "anchors").exists()


def test_an_answer_to_another_question_is_not_kept(book, authority):
    root = certificate(authority.root)
    first = anchor(book.state, authority.url, root)
    authority.answers = (book.folder / "anchors" / f"{first.size}.tsr").read_bytes()
    with pytest.raises(Refused, match="Nonce"):
        anchor(book.state, authority.url, root)


def test_an_authority_that_is_away_and_what_is_no_certificate_are_said(book, authority, tmp_path):
    with pytest.raises(Unreachable, match="does not answer"):
        anchor(book.state, "http://127.0.0.1:9/", certificate(authority.root))
    with pytest.raises(UsageError, match="over HTTP"):
        anchor(book.state, "file:///etc/passwd", certificate(authority.root))
    with pytest.raises(UsageError, match="nothing is signed"):
        anchor(tmp_path / "empty", authority.url, certificate(authority.root))
    with pytest.raises(UsageError, match="no certificate"):
        certificate(book.folder / ENTRIES)


def run(estate, *words):
    assert cli.main([*words, "--estate", str(estate), "--lang", "fr"]) == 0


def test_the_command_dates_and_verify_says_so(book, authority, tmp_path, capsys):
    estate = tmp_path / "estate"
    estate.mkdir()
    (estate / "estate.yaml").write_text("estate: e\n")
    book.state.rename(estate / ".provision")
    asked = ("--tsa-certificate", str(authority.root))
    run(estate, "ledger", "anchor", "--tsa", authority.url, *asked)
    assert "sont datées du 20" in capsys.readouterr().out
    run(estate, "ledger", "verify", *asked)
    assert "datées par un tiers : entrées 0 à" in capsys.readouterr().out
    run(estate, "ledger", "verify", *asked, "--format", "json")
    told = json.loads(capsys.readouterr().out)
    assert told["dated"] == told["entries"] == told["anchors"][0]["entries"]
