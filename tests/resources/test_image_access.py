from __future__ import annotations

import pytest
from answers import Answers, cloud, with_tenant
from written import written

from provision.kind import Unmet
from provision.model.plan import Action
from provision.plan.decide import Options, decide
from provision.resources.image_access import ImageAccess, ImageAccessSpec

KIND = ImageAccess()


def image(name, visibility="shared", *, identifier="i1", status="active", born="2026-01-01"):
    return {"id": identifier, "name": name, "visibility": visibility, "status": status, "created_at": born}


def member(key, status="accepted"):
    return {"member_id": f"{key}-project", "status": status}


def asks(*roles, extra=None, **more):
    return written("acme", {"compute": {"images": list(roles)}, **(extra or {}), **more})


def wanted(*roles, **more):
    return list(KIND.desire(asks(*roles, **more)))


def test_roles_of_the_estate_and_names_are_wanted_once():
    assert [want.spec.image for want in wanted("hardened", "contract-hardened", "other")] == [
        "contract-hardened",
        "other",
    ]
    assert not KIND.concerns(written("acme", {}))
    assert KIND.concerns(asks("hardened"))


@pytest.mark.parametrize("visibility", ["public", "community"])
def test_what_is_open_to_everybody_asks_for_nothing(visibility):
    made = cloud(shared={"images": [image("contract-hardened", visibility)]})
    resolved = [KIND.resolve(made, want) for want in wanted("hardened")]
    assert decide({KIND.name: KIND}, resolved, [], Options()) == ()


def test_an_unknown_image_and_a_private_one_are_said_before_anything_is_written():
    made = cloud(shared={"images": [image("contract-hardened", "private")]})
    private, unknown = wanted("hardened", "contract-hardend")
    with pytest.raises(Unmet, match="private") as unmet:
        KIND.resolve(made, private)
    assert "shared" in unmet.value.render("fr") and unmet.value.where == str(private.origin)
    with pytest.raises(Unmet) as unmet:
        KIND.resolve(made, unknown)
    assert "contract-hardened" in unmet.value.render("en")


SIGNATURE = {
    "img_signature": "c2ln",
    "img_signature_hash_method": "SHA-256",
    "img_signature_key_type": "RSA-PSS",
    "img_signature_certificate_uuid": "c1",
}


@pytest.mark.parametrize("visibility", ["shared", "public"])
@pytest.mark.parametrize("gone", SIGNATURE)
def test_an_image_that_lacks_any_part_of_a_signature_is_refused_where_images_are_to_be_signed(
    gone, visibility
):
    whole = {**image("contract-hardened", visibility), **SIGNATURE}
    made = cloud(shared={"images": [whole]})
    (want,) = wanted("hardened", extra={"images": {"signed": True}})
    assert KIND.resolve(made, want).spec.signed is True
    made = cloud(shared={"images": [{**whole, gone: ""}]})
    with pytest.raises(Unmet, match=gone) as unmet:
        KIND.resolve(made, want)
    tenant = asks("hardened", extra={"images": {"signed": True}})
    assert unmet.value.where == str(tenant.values.origin("images.signed"))
    assert "images.signed: false" in unmet.value.render("fr")
    for said in (None, {"images": {"signed": False}}):
        (want,) = wanted("hardened", extra=said)
        assert KIND.resolve(made, want).spec.signed is None


def test_of_one_name_the_newest_that_is_active_counts():
    images = [
        image("golden", identifier="old"),
        image("golden", identifier="being-uploaded", status="queued", born="2026-03-01"),
        image("golden", identifier="new", born="2026-02-01"),
    ]
    answers = Answers(**{f"/images/{each['id']}/members": {"members": [member("acme")]} for each in images})
    made = with_tenant(cloud(image=answers, shared={"images": images}))
    (live,) = KIND.observe(made, frozenset({"acme"}))
    assert live.id == "new/members/acme-project"
    assert len(answers.sent) == 1


def test_members_cost_one_question_an_image_however_many_tenants():
    answers = Answers(**{"/images/i1/members": {"members": [member("acme"), member("beta"), member("else")]}})
    images = [
        image("golden"),
        image("debian", "public", identifier="i2"),
        image("own", "private", identifier="i3"),
    ]
    made = with_tenant(with_tenant(cloud(image=answers, shared={"images": images})), "beta")
    found = list(KIND.observe(made, frozenset({"acme", "beta"})))
    assert [live.address.tenant for live in found] == ["acme", "beta"]
    assert len(answers.sent) == 1


@pytest.mark.parametrize("status", ["pending", "rejected"])
def test_what_was_not_accepted_or_put_aside_is_accepted(status):
    answers = Answers(**{"/images/i1/members": {"members": [member("acme", status)]}})
    made = with_tenant(cloud(image=answers, shared={"images": [image("contract-hardened")]}))
    live = list(KIND.observe(made, frozenset({"acme"})))
    (change,) = decide({KIND.name: KIND}, wanted("hardened"), live, Options())
    assert change.action is Action.UPDATE
    assert [(each.before, each.after) for each in change.fields] == [(status, "accepted")]


def test_an_image_that_has_gone_is_shared_with_nobody():
    made = with_tenant(cloud(image=Answers(), shared={"images": [image("golden")]}))
    assert list(KIND.observe(made, frozenset({"acme"}))) == []
    assert list(KIND.observe(cloud(image=Answers()), frozenset({"acme"}))) == []


def test_a_retired_tenants_is_taken_back():
    gone = {"state": "retired", "retirement": {"reason": "over", "date": "2026-11-01"}}
    (want,) = wanted("hardened", **gone)
    assert want.spec == ImageAccessSpec("contract-hardened")
    assert KIND.resolve(cloud(), want).retired.reason == "over"
