from __future__ import annotations

import pytest

from provision.declare.check import shape
from provision.declare.node import Layer, plain
from provision.model.origin import Origin


def said(schema, value):
    root = plain({"a": value}, Origin("a.yaml", 1), Layer("tenant", "acme"))
    _, mistakes = shape(root, {"properties": {"a": schema}}, whole=True)
    return [f"{each.what} → {each.do}" for each in mistakes]


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"quantity": "GiB"}, "5 GB", "a: 'GB' is not a unit OpenStack counts in → write 5 GiB"),
        ({"quantity": "GiB"}, [], "a is [] → write a size (20 GiB)"),
        ({"const": 4}, 5, "a is 5 → write 4"),
        ({"oneOf": [{"type": "integer"}, {"type": "boolean"}]}, "x", "a is x → write a whole number (20) or true or false"),
        ({"pattern": "^x$"}, "y", "a is y → write it as ^x$"),
        ({"maxItems": 1}, [1, 2], "a is [1, 2] → write at most 1 entries"),
        ({"type": "null"}, 1, "a is 1 → write nothing"),
        ({"cidr": 6}, "10.0.0.0/8", "a is 10.0.0.0/8 → this is IPv4; write an IPv6 prefix"),
        ({"cidr": 6}, "x/y", "a is x/y → write a prefix with its length (2001:db8:20::/64)"),
        ({"anyOf": [{"enum": ["auto"]}, {"cidr": 4, "type": "string"}]}, 4, "a is 4 → write auto or an IPv4 prefix (10.20.0.0/24)"),
        ({"not": {}}, 4, "a is 4 → write something else"),
        ({"propertyNames": {"enum": ["x"]}}, {"y": 1}, "'y' is not a name that a can take → write x"),
    ],
)  # fmt: skip
def test_every_keyword_has_words(schema, value, words):
    assert said(schema, value) == [words]


def test_quantities_that_can_be_read_pass():
    assert said({"quantity": "GiB"}, "5 GiB") == []
