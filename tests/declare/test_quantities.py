from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.model.quantity import UNLIMITED, QuantityError, parse, quota, spelt

FACTORS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50}


@given(st.integers(0, 10**6), st.sampled_from(sorted(FACTORS)), st.sampled_from(["B", "MiB", "GiB"]))
def test_quantities_are_converted_exactly_or_not_at_all(number, given_unit, unit):
    size = number * FACTORS[given_unit]
    if size % FACTORS[unit]:
        with pytest.raises(QuantityError, match="not a whole number"):
            parse(f"{number} {given_unit}", unit)
    else:
        assert parse(f"{number} {given_unit}", unit) == size // FACTORS[unit]


@given(st.integers(0, 10**12))
def test_counts_are_plain_numbers(number):
    assert parse(number, "") == parse(str(number), "") == number


@pytest.mark.parametrize(
    ("text", "result"), [("80 GiB", 81920), (" 1.5GiB ", 1536), ("2 TiB", 2097152), ("0 B", 0)]
)
def test_sizes_in_mib(text, result):
    assert parse(text, "MiB") == result


@pytest.mark.parametrize(
    ("value", "unit", "what", "do"),
    [
        (96, "MiB", "96 has no unit", "write 96 MiB"),
        ("96", "GiB", "'96' has no unit", "write 96 GiB"),
        ("96 GB", "GiB", "'GB' is not a unit", "write 96 GiB"),
        ("96 Go", "GiB", "'Go' is not a unit", "write 96 GiB"),
        ("96 g", "GiB", "'g' is not a unit", "write 96 GiB"),
        ("96 parsecs", "GiB", "'parsecs' is not a unit", "write 96 GiB"),
        ("100 Mbps", "kbit/s", "'Mbps' is not a unit", "write 100 Mbit/s"),
        ("100 Mb/s", "kbit/s", "'Mb/s' is not a unit", "write 100 Mbit/s"),
        ("1 G", "kbit/s", "'G' is not a unit", "write 1 Gbit/s"),
        ("12 MB/s", "kbit/s", "'MB/s' is not a unit", "write 12 kbit/s"),
        ("5 GiB", "kbit/s", "'GiB' is not a unit", "write 5 kbit/s"),
        (100, "kbit/s", "100 has no unit", "write 100 kbit/s"),
        ("0.0001 Mbit/s", "kbit/s", "is not a whole number of kbit/s", "round it to kbit/s"),
        ("1 Mbit/s", "GiB", "'Mbit/s' is not a unit", "write 1 GiB"),
        ("1 B", "MiB", "1 B is not a whole number of MiB", "round it to MiB"),
        ("-1 GiB", "GiB", "'-1 GiB' is not a quantity", "for example 20 GiB"),
        ("many", "", "'many' is not a quantity", "write a whole number"),
        ("5 GiB", "", "'5 GiB' is not a quantity", "write a whole number"),
        (1.5, "", "1.5 is not a quantity", "write a whole number"),
        (-1, "", "-1 is not a quantity", "write a whole number"),
        (True, "", "True is not a quantity", "write a whole number"),
        (None, "GiB", "None is not a quantity", "for example 20 GiB"),
        ([], "", "[] is not a quantity", "write a whole number"),
    ],
)
def test_what_is_no_quantity_says_what_to_write(value, unit, what, do):
    with pytest.raises(QuantityError) as caught:
        parse(value, unit)
    assert what in str(caught.value.what) and do in str(caught.value.do)
    assert caught.value.what.render("fr") != str(caught.value.what)


def test_the_four_words_of_a_quota():
    assert [quota(each, "GiB") for each in ("unmanaged", "default", "unlimited", "2 TiB")] == [
        "unmanaged",
        "default",
        UNLIMITED,
        2048,
    ]
    with pytest.raises(QuantityError):
        quota("none", "GiB")


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (40960, "MiB", "40 GiB"),
        (1536, "MiB", "1536 MiB"),
        (2048, "GiB", "2 TiB"),
        (107374182400, "B", "100 GiB"),
        (1000, "B", "1000 B"),
        (0, "GiB", "0 GiB"),
        (20, "", "20"),
        (-1, "MiB", "unlimited"),
        (-1, "", "unlimited"),
    ],
)
def test_a_number_of_the_service_is_spelt_as_a_document_would(value, unit, said):
    assert spelt(value, unit) == said
    assert quota(said if unit or value < 0 else int(said), unit) == value


@pytest.mark.parametrize(
    ("text", "rate", "again"),
    [
        ("100 Mbit/s", 100_000, "100 Mbit/s"),
        ("1.5 Gbit/s", 1_500_000, "1500 Mbit/s"),
        ("64kbit/s", 64, "64 kbit/s"),
    ],
)
def test_rates_are_powers_of_a_thousand(text, rate, again):
    assert parse(text, "kbit/s") == rate
    assert spelt(rate, "kbit/s") == again
    assert parse(again, "kbit/s") == rate
