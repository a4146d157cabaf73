from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.declare.layers import overlay, told
from provision.declare.node import Layer, drop, plain, put, values, walk
from provision.model.origin import Origin

LAYERS = [(Layer("estate", "e"), "estate.yaml"), (Layer("profile", "p"), "profile.yaml"), (Layer("tenant", "t"), "t.yaml")]  # fmt: skip
KEYS = st.sampled_from(["a", "b", "c"])
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=3)
TREES = st.dictionaries(
    KEYS, st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3)), max_size=3
)


def node(tree, index=0):
    layer, file = LAYERS[index]
    return plain(tree, Origin(file, 1), layer)


def merged(*trees):
    mistakes = []
    result = None
    for index, tree in enumerate(trees):
        result = overlay(result, node(tree, index), mistakes)
    return result, mistakes


def expected(low, high):
    if isinstance(low, dict) and isinstance(high, dict):
        return {
            **low,
            **{key: expected(low[key], value) if key in low else value for key, value in high.items()},
        }
    return high


@given(TREES, TREES, TREES)
def test_the_highest_layer_that_speaks_wins(estate, profile, tenant):
    result, mistakes = merged(estate, profile, tenant)
    assert result.value == expected(expected(estate, profile), tenant)
    assert mistakes == []


@given(TREES, TREES, TREES)
def test_every_path_has_an_origin_in_the_layer_that_said_it(estate, profile, tenant):
    result, _ = merged(estate, profile, tenant)
    trees = {"estate.yaml": estate, "profile.yaml": profile, "t.yaml": tenant}
    found = values(result)
    paths = {path for path, _ in walk(result)}
    assert set(found.origins) == paths and len(found.origins) == len(paths)
    for path, each in walk(result):
        if not each.children:
            assert node(trees[each.origin.file]).at(path).value == each.value
            assert found.origin(".".join(path)) == each.origin


@given(TREES, TREES)
def test_what_a_layer_leaves_alone_is_shared_not_copied(profile, tenant):
    low = node(profile)
    result = overlay(low, node(tenant, 1), [])
    for key in profile.keys() - tenant.keys():
        assert result.children[key] is low.children[key]


def test_each_layer_is_told_from_the_one_in_force_down():
    result, _ = merged({"q": {"cores": 1}}, {"q": {"cores": 2}}, {"q": {"cores": 3}})
    said = list(told(result.at(("q", "cores"))))
    assert [(each.layer.kind, each.value) for each in said] == [("tenant", 3), ("profile", 2), ("estate", 1)]


@pytest.mark.parametrize(
    ("low", "change", "result"),
    [
        (["a", "b"], {"add": ["c"]}, ["a", "b", "c"]),
        (["a", "b"], {"add": ["a"]}, ["a", "b"]),
        (["a", "b"], {"remove": ["a"]}, ["b"]),
        (["a", "b"], {"remove": ["a"], "add": ["c"]}, ["b", "c"]),
        (["a", "b"], {"replace": ["z"]}, ["z"]),
        ("word", {"replace": ["z"]}, ["z"]),
        ([{"x": 1}, "y"], {"remove": [{"x": 1}]}, ["y"]),
        (["a"], ["b"], ["b"]),
        ([], {"add": ["a"]}, ["a"]),
    ],
)
def test_lists_are_replaced_unless_changed(low, change, result):
    found, mistakes = merged({"list": low}, {"list": change})
    assert found.value["list"] == result and mistakes == []


def test_items_of_a_changed_list_keep_their_own_places():
    found, _ = merged({"list": ["a"]}, {"list": {"add": ["b"]}})
    assert [found.at(("list", str(index))).origin.file for index in (0, 1)] == ["estate.yaml", "profile.yaml"]


def test_a_change_without_a_list_below_makes_one():
    found, mistakes = merged({}, {"s": {"list": {"add": ["a"]}}})
    assert found.value == {"s": {"list": ["a"]}} and mistakes == []


def test_what_is_not_there_cannot_be_removed():
    found, (mistake,) = merged({"list": ["ntp", "dns"]}, {"list": {"remove": ["ntpp"]}})
    assert found.value["list"] == ["ntp", "dns"]
    assert mistake.where == "profile.yaml:1" and "did you mean ntp?" in str(mistake.do)


def test_a_word_cannot_be_added_to():
    found, (mistake,) = merged({"list": "public"}, {"list": {"add": ["a"]}})
    assert found.value["list"] == "public" and "there is no list" in str(mistake.what)


def test_a_mapping_of_lists_with_other_keys_is_a_mapping():
    found, _ = merged({"x": {"add": ["a"], "more": []}})
    assert found.value == {"x": {"add": ["a"], "more": []}}


@given(TREES, st.lists(KEYS, min_size=1, max_size=3))
def test_what_is_put_is_found_and_what_is_dropped_is_gone(tree, path):
    root = node(tree)
    if any(not root.at(path[:depth]).is_mapping for depth in range(len(path)) if root.at(path[:depth])):
        return
    changed = put(root, path, node(7, 2))
    assert changed.at(path).value == 7 and changed.at(path).origin.file == "t.yaml"
    assert drop(changed, path).at(path) is None
    assert drop(root, ["z", *path]) is root
