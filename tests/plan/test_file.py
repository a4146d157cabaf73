import json
from dataclasses import replace

import pytest
from shelf import KINDS, address, desired, live

from provision.errors import Refused, StalePlan, UsageError
from provision.plan import Options, file, make


def plan(want, there=(), cloud="test"):
    return make(KINDS, want, there, cloud=cloud, tenants=["acme"], made_at="2026-11-23", made_by="me")


@pytest.fixture
def kept(tmp_path):
    path = tmp_path / "plan.json"
    made = plan([desired(title="Emma", tags=("b", "a"), readers=frozenset("ab"))])
    file.save(made, Options(adopt=frozenset({address("x")}), replace=frozenset({address("y")})), path)
    return path, made


def test_a_plan_comes_back_as_it_was(kept):
    path, made = kept
    saved = file.load(path)
    assert saved.fingerprint == made.fingerprint
    assert saved.options == Options(frozenset({address("x")}), frozenset({address("y")}))
    assert (saved.tenants, saved.cloud, saved.made_by) == (("acme",), "test", "me")
    file.refuse_when_stale(saved, made)


def test_nothing_but_the_plan_is_left_in_the_folder(kept):
    assert [each.name for each in kept[0].parent.iterdir()] == ["plan.json"]


def test_an_edited_plan_is_refused(kept):
    path, _ = kept
    content = json.loads(path.read_text())
    content["changes"][0]["fields"][0]["after"] = "Another"
    path.write_text(json.dumps(content))
    with pytest.raises(Refused, match="changed after"):
        file.load(path)


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"format": 99, "seal": ""}', "7"])
def test_what_is_no_plan_is_refused(tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="not a saved plan"):
        file.load(path)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        file.load(tmp_path / "nowhere.json")


def test_a_path_that_cannot_be_written_says_so(tmp_path, kept):
    with pytest.raises(UsageError, match="cannot be written"):
        file.save(kept[1], Options(), tmp_path / "no" / "such" / "folder.json")


@pytest.mark.parametrize(
    "now",
    [
        plan([desired(title="Persuasion", tags=("b", "a"), readers=frozenset("ab"))]),
        plan([desired(title="Emma", tags=("b", "a"), readers=frozenset("ab"))], [live(title="Ema")]),
        plan([]),
    ],
    ids=["documents", "cloud", "both"],
)
def test_a_stale_plan_names_what_moved(kept, now):
    with pytest.raises(StalePlan, match="book/acme/one"):
        file.refuse_when_stale(file.load(kept[0]), now)


def test_an_address_with_a_colon_is_named_whole(tmp_path):
    path = tmp_path / "plan.json"
    file.save(plan([desired("team:member")]), Options(), path)
    with pytest.raises(StalePlan, match="book/acme/team:member"):
        file.refuse_when_stale(file.load(path), plan([]))


def test_many_drifted_addresses_are_cut_short(kept):
    with pytest.raises(StalePlan, match="…"):
        file.refuse_when_stale(file.load(kept[0]), plan([desired(f"n{i:02}") for i in range(20)]))


def test_the_fingerprint_knows_the_cloud_and_not_the_hour(kept):
    _, made = kept
    want = [desired(title="Emma", tags=("b", "a"), readers=frozenset("ab"))]
    assert plan(want, cloud="other").fingerprint != made.fingerprint
    assert replace(made, made_at="later").fingerprint == made.fingerprint
