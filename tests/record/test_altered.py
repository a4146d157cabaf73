"""Must show: flip one byte in the ledger, drop one entry, swap two: each is found, and located."""

from __future__ import annotations

import pytest

from provision.errors import Refused
from provision.record import key
from provision.record.entry import parse
from provision.record.merkle import SIZE, leaf

LAST = 12  # a beginning, and three batches of four


def test_what_nobody_touched_holds(book):
    found = book.found()
    assert found.problems == ()
    assert (found.entries, found.checkpoints, found.size, found.trust) == (LAST + 1, 3, LAST + 1, "own")
    assert found.keys == (key.own_public().keyid,)


@pytest.mark.parametrize("number", [0, 5, LAST])
@pytest.mark.parametrize("place", [0, 20, 60, -3])
def test_a_flipped_byte_is_found_and_located(book, number, place):
    lines = book.lines
    flipped = bytearray(lines[number])
    flipped[place] ^= 1
    lines[number] = bytes(flipped)
    book.lines = lines
    assert (number, number + 1, f"entry {number} was changed") in book.integrity()
    assert {line for _, line, _ in book.told()} == {number + 1}


def test_every_single_byte_counts(book):
    whole = b"".join(book.lines)
    starts = [at + 1 for at, byte in enumerate(whole) if byte == ord("\n")]
    for at in range(0, len(whole), 37):
        flipped = bytearray(whole)
        flipped[at] ^= 4
        book.lines = [bytes(flipped)]
        number = sum(start <= at for start in starts)
        assert number in {entry for entry, _, _ in book.integrity()}, at


@pytest.mark.parametrize("number", [1, 6, 11])
def test_a_dropped_entry_is_found_and_located(book, number):
    lines = book.lines
    del lines[number]
    book.lines = lines
    assert book.integrity() == [(number, number + 1, f"entry {number} was removed: it stood here")]
    gap = (number, number + 1, f"no entry has the numbers {number} to {number}, that belong before this line")
    assert gap in book.completeness()


@pytest.mark.parametrize(("a", "b"), [(2, 3), (1, 11), (4, 9)])
def test_two_swapped_entries_are_found_and_located(book, a, b):
    lines = book.lines
    lines[a], lines[b] = lines[b], lines[a]
    book.lines = lines
    problems = book.integrity()
    moved = {(entry, line) for entry, line, words in problems if "moved here" in words}
    assert moved and moved <= {(a, b + 1), (b, a + 1)}
    assert len(problems) == len(moved)
    assert book.completeness() == []


@pytest.mark.parametrize("number", [1, 7])
def test_an_inserted_entry_is_found_and_located(book, number):
    lines = book.lines
    book.lines = [*lines[:number], lines[number].replace(b"plan.made", b"plan.fake"), *lines[number:]]
    assert book.integrity() == [(None, number + 1, "a line was inserted that is no entry")]


def test_several_alterations_are_all_named(book):
    lines = book.lines
    lines[9] = lines[9].replace(b"made", b"fade")
    del lines[4]
    book.lines = lines
    assert [words for _, _, words in book.integrity()] == [
        "entry 4 was removed: it stood here",
        "entry 9 was changed",
    ]


def test_cut_below_the_last_checkpoint(book):
    book.lines = book.lines[:7]
    told = book.completeness()
    assert (7, 8, f"the ledger ends at entry 6, and {LAST + 1} were signed: 6 are missing") in told


def test_cut_above_the_last_checkpoint(book):
    signed, lines = book.checkpoints, book.lines
    book.checkpoints = signed[:-1]  # as a crash between the entries and their checkpoint leaves them
    assert [told[:2] for told in book.completeness()] == [(9, 10)]
    book.lines = lines[:-2]
    assert (11, 12, "the hash of entry 11 is recorded and the entry is not there") in book.completeness()


def test_cut_with_its_checkpoint_is_found_by_one_that_was_kept(book):
    kept, lines, hashes = book.checkpoints[-1], book.lines, book.hashes
    book.checkpoints, book.lines, book.hashes = book.checkpoints[:-1], lines[:9], hashes[: 9 * SIZE]
    assert book.told() == []
    assert (9, 10, f"the ledger ends at entry 8, and {LAST + 1} were signed: 4 are missing") in book.completeness(kept=[kept])  # fmt: skip


def test_who_rewrites_entries_and_hashes_is_caught_by_the_signed_root(book):
    lines = book.lines
    lines[6] = lines[6].replace(b"made", b"fade")
    book.lines, hashes = lines, book.hashes
    book.hashes = hashes[: 6 * SIZE] + leaf(lines[6].rstrip(b"\n")) + hashes[7 * SIZE :]
    assert book.integrity() == [(5, 6, "entries 5 to 8 are not those that were signed")]


def test_a_recorded_hash_that_is_altered_is_told_from_an_altered_entry(book):
    hashes = bytearray(book.hashes)
    hashes[3 * SIZE] ^= 1
    book.hashes = bytes(hashes)
    words = "the recorded hash of entry 3 was altered; the entry is what was signed"
    assert book.told() == [(3, 3 * SIZE, words)]
    book.hashes = b""
    assert book.completeness() == [(0, 0, "recorded hashes are missing")]


@pytest.mark.parametrize("line", [0, 2])
def test_a_checkpoint_that_is_altered_is_located(book, line):
    checkpoints = book.checkpoints
    at = checkpoints[line].index(b'"sig":"') + 12
    checkpoints[line] = (
        checkpoints[line][:at] + bytes([checkpoints[line][at] ^ 1]) + checkpoints[line][at + 1 :]
    )
    book.checkpoints = checkpoints
    assert [told[1] for told in book.integrity()] == [line + 1]


def test_another_key_is_not_trusted(book, tmp_path, monkeypatch):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    own = key.own_public()
    stranger = Ed25519PrivateKey.generate().public_key()
    path = tmp_path / "stranger.pem"
    path.write_bytes(stranger.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    found = key.public(path)
    assert [told[1] for told in book.integrity(given={found.keyid: found})] == [1, 2, 3]
    assert book.found(given={own.keyid: own}).problems == ()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "an auditor's"))
    beside = book.found()
    assert (beside.trust, beside.problems) == ("beside", ())
    assert "who can write there can replace both" in str(beside.notes[0])


def test_nothing_is_added_to_what_was_cut_or_altered(book):
    lines = book.lines
    book.lines = lines[:-1]
    with pytest.raises(Refused, match="nothing is added"):
        book.add(9)
    assert book.lines == lines[:-1]


def test_a_crash_while_appending_is_recognised_said_and_survived(book):
    lines, checkpoints, hashes = book.lines, book.checkpoints, book.hashes
    for cut in (1, len(lines[9]) - 2, len(lines[9]) - 1, len(lines[9]) + 30):
        tail = b"".join(lines[9:])[:cut]
        book.lines, book.checkpoints, book.hashes = [*lines[:9], tail], checkpoints[:-1], hashes[: 9 * SIZE]
        assert book.completeness(), cut
        book.add("after")
        found = book.found()
        assert found.problems == (), cut
        said = [parse(line) for line in book.lines]
        owns = next(each for each in said if each and each.action == "ledger.resumed")
        torn = [line for line, each in zip(book.lines, said, strict=True) if each is None]
        assert len(torn) == len(owns.about["torn"]) == len([n for n in found.notes if "torn" in str(n)])
        assert owns.about["unsigned"] == (cut >= len(lines[9]) - 1)


def test_a_crash_while_saying_so_is_survived_too(book):
    lines, checkpoints, hashes = book.lines, book.checkpoints, book.hashes
    book.lines = [*lines[:9], lines[9][:40]]
    book.checkpoints, book.hashes = checkpoints[:-1], hashes[: 9 * SIZE]
    book.add("after")
    book.lines = [*book.lines[:10], book.lines[10][:50]]
    book.checkpoints, book.hashes = checkpoints[:-1], hashes[: 9 * SIZE]
    book.add("again")
    assert book.found().problems == ()
    assert sum("torn" in str(each) for each in book.found().notes) == 2


def test_a_torn_checkpoint_is_owned_up_to(book):
    checkpoints = book.checkpoints
    book.checkpoints = [*checkpoints[:-1], checkpoints[-1][:50]]
    assert [told[:2] for told in book.integrity()] == [(None, 3)]
    assert [told[:2] for told in book.completeness()] == [(9, 10)]
    book.add("after")
    assert book.found().problems == ()
    book.checkpoints = [*book.checkpoints[:-1], b"something else\n"]
    assert (None, 4) in [told[:2] for told in book.integrity()]
