from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.declare import read as reading
from provision.declare.node import Layer, walk
from provision.declare.read import read
from provision.model.origin import Origin

TENANT = Layer("tenant", "acme")


def reads(tmp_path, text):
    file = tmp_path / "a.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(file, "a.yaml", TENANT)


def value(tmp_path, text):
    root, mistakes = reads(tmp_path, text)
    assert mistakes == []
    return root.value


def only_mistake(tmp_path, text):
    _, (mistake,) = reads(tmp_path, text)
    return f"{mistake.where} {mistake.what}"


def test_every_key_and_item_has_its_line(tmp_path):
    root, _ = reads(tmp_path, "a: 1\nb:\n  c:\n    - x\n    - y: 2\n\nd: [1,\n 2]\n")
    lines = {".".join(path): node.origin.line for path, node in walk(root)}
    assert lines == {
        "": 1,
        "a": 1,
        "b": 2,
        "b.c": 3,
        "b.c.0": 4,
        "b.c.1": 5,
        "b.c.1.y": 5,
        "d": 7,
        "d.0": 7,
        "d.1": 8,
    }
    assert root.children["a"].origin == Origin("a.yaml", 1)


def test_scalars_follow_yaml_1_2(tmp_path):
    text = """
    words: [no, off, yes, 2026-11-01, 12:30, 1.0.0, "7", 1_000, .inf, 1e999, '{a}', !!str 5, ! 6]
    numbers: [0, -12, 0o17, 0x1F, 1.5, .5, 1e3, 012, !!int "8"]
    others: [true, False, null, ~, ]
    empty:
    """
    found = value(tmp_path, text)
    assert found["words"] == [
        "no", "off", "yes", "2026-11-01", "12:30", "1.0.0", "7", "1_000", ".inf", "1e999", "{a}", "5", "6"
    ]  # fmt: skip
    assert found["numbers"] == [0, -12, 15, 31, 1.5, 0.5, 1000.0, 12, 8]
    assert found["others"] == [True, False, None, None] and found["empty"] is None


def test_keys_are_words_whatever_they_look_like(tmp_path):
    assert value(tmp_path, "no: 1\n53: 2\ntrue: 3\n") == {"no": 1, "53": 2, "true": 3}


def test_a_number_too_long_to_be_one_stays_a_word(tmp_path):
    assert value(tmp_path, f"a: {'9' * 5000}\n") == {"a": "9" * 5000}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.yaml:1 the document is empty"),
        ("# nothing\n", "a.yaml:1 the document is empty"),
        ("\n- a\n", "a.yaml:2 the document is not a mapping"),
        ("words\n", "a.yaml:1 the document is not a mapping"),
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3 the key 'a' is given twice; first on line 1"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2 a second document begins here"),
        ("a: b: c\n", "a.yaml:1 a second ': ' stands on this line"),
        ("a:\n\t- b\n", "a.yaml:2 this line begins with a tab"),
        ("a:\n  b: 'x\nc: 1\n", "a.yaml:2 a quotation mark opened here"),
        ("a: [1, 2\nb: 3\n", "a.yaml:1 a bracket or brace opened here"),
        ("a: [\n", "a.yaml:2 a value is missing here"),
        ("a:\n  - b\n c: 1\n", "a.yaml:3 the indentation is broken"),
        ("a: !!python/object:os.system x\n", "a.yaml:1 the tag"),
        ("a: !secret x\n", "a.yaml:1 the tag !secret"),
        ("a: *b\n", "a.yaml:1 *b refers to nothing"),
        ("a: &b [*b]\n", "a.yaml:1 *b refers to nothing"),
        ("a: {{ tenant.key }}\n", "a.yaml:1 a key must be a word"),
        ("%FOO\n", "a.yaml:1 this is not valid YAML"),
        (b"a: 1\nb: \xff\n", "a.yaml:2 this line is not UTF-8"),
        (b"a: 1\nb: \x01\n", "a.yaml:2 there is a control character (U+0001)"),
        ("[" * 200_000, "a.yaml:1 the document nests deeper"),
        ("a: " + "{b: " * 50 + "1" + "}" * 50, "a.yaml:1 the document nests deeper"),
    ],
)
def test_what_cannot_be_read_says_its_line(tmp_path, text, said):
    assert only_mistake(tmp_path, text).startswith(said)


def test_aliases_work_but_may_not_multiply(tmp_path):
    assert value(tmp_path, "a: &x [1]\nb: *x\n") == {"a": [1], "b": [1]}
    laughs = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    assert only_mistake(tmp_path, laughs).startswith("a.yaml:")
    assert "grows beyond" in only_mistake(tmp_path, laughs)


def test_files_that_are_missing_or_too_large_are_told(tmp_path, monkeypatch):
    _, (missing,) = read(tmp_path / "none.yaml", "none.yaml", TENANT)
    assert "cannot be read" in str(missing.what)
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    assert "larger than 10 bytes" in only_mistake(tmp_path, "a: 12345678901")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    _, (mistake,) = read(tmp_path / "pipe.yaml", "pipe.yaml", TENANT)
    assert "empty" in str(mistake.what)


@given(st.text(max_size=200))
def test_no_text_makes_reading_fail(tmp_path_factory, text):
    file = tmp_path_factory.mktemp("any") / "a.yaml"
    file.write_text(text, encoding="utf-8", errors="replace")
    root, mistakes = read(file, "a.yaml", TENANT)
    assert (root is None) <= bool(mistakes)
    assert all(mistake.line >= 1 and mistake.render("fr") for mistake in mistakes)
