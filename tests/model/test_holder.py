import pytest

from provision.model.holder import Holder

ONE = Holder("Zoé Martin@ops-1.example", 4711, "3f9a0c1d2e4b", 1_795_000_000, 1_795_000_030, 2, 7)


def test_what_is_written_is_read_back():
    assert Holder.read(str(ONE)) == ONE


def test_a_person_can_read_it():
    assert "Zoé Martin@ops-1.example (pid 4711" in str(ONE)
    assert "2026-11-18" in str(ONE)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "a tenant's project",
        str(ONE)[:-1],
        str(ONE).replace("4711", "x"),
        str(ONE).replace("2026", "20x6"),
    ],
)
def test_what_was_not_written_by_us_names_nobody(sentence):
    assert Holder.read(sentence) is None
