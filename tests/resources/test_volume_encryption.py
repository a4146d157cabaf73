from __future__ import annotations

import dataclasses
import secrets
from contextlib import closing

import pytest
from answers import cloud as answering
from written import written

from provision import sandbox as control
from provision.cloud.connect import connect
from provision.declare.shipped import shipped
from provision.kind import Unmet
from provision.model.encryption import Encryption, read
from provision.model.tenant import Tenant
from provision.resources.volume_type_access import VolumeTypeAccess

KIND = VolumeTypeAccess()
GOOD = {"provider": "luks", "cipher": "aes-xts-plain64", "key_size": 256, "control_location": "front-end"}
WEAKER = {
    "provider": "plain",
    "cipher": "aes-cbc-essiv",
    "key_size": 128,
    "control_location": "back-end",
}
TYPES = (
    {"id": "t1", "name": "standard", "is_public": True},
    {"id": "t2", "name": "luks", "is_public": False},
)


def asks(backup=None, **volume):
    more = {} if backup is None else {"backup": {"encrypted": backup}}
    return written("acme", {"storage": {"volume": {"types": ["luks"], **volume}}, **more})


def resolved(tenant, **found):
    (want,) = KIND.desire(tenant)
    body = {"encryption_id": "e1", **found} if found else {}
    return KIND.resolve(answering(shared={"volume_types": TYPES}, encryption={"t2": body}), want)


def test_a_type_is_wanted_as_it_is_once_it_will_do():
    assert resolved(asks(encrypted=True, **GOOD), **GOOD).spec.encryption == Encryption(**GOOD)
    longer = {**GOOD, "key_size": 512}
    assert resolved(asks(encrypted=True, **GOOD), **longer).spec.encryption == Encryption(**longer)
    assert resolved(asks(encrypted=True), **WEAKER).spec.encryption == Encryption(**WEAKER)


def test_what_no_document_demands_is_not_compared():
    assert resolved(asks(**GOOD)).spec.encryption is None
    assert resolved(asks(encrypted=False, **GOOD), **WEAKER).spec.encryption is None


@pytest.mark.parametrize("name", GOOD)
def test_what_encrypts_otherwise_is_refused_at_the_line_that_wants_it(name):
    tenant = asks(encrypted=True, **GOOD)
    with pytest.raises(Unmet) as unmet:
        resolved(tenant, **{**GOOD, name: WEAKER[name]})
    assert unmet.value.where == str(tenant.values.origin(f"storage.volume.{name}"))
    for language in ("en", "fr"):
        told = unmet.value.render(language)
        assert str(WEAKER[name]) in told and str(GOOD[name]) in told and "estate.yaml" in told


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"encrypted": True}, "storage.volume.encrypted"),
        ({"backup": True, "encrypted": False}, "backup.encrypted"),
    ],
)
def test_a_type_that_does_not_encrypt_is_refused_for_volumes_and_for_backups(said, path):
    tenant = asks(**said)
    with pytest.raises(Unmet, match="does not encrypt") as unmet:
        resolved(tenant)
    assert unmet.value.where == str(tenant.values.origin(path))


def test_a_public_type_is_judged_like_another():
    tenant = written("acme", {"storage": {"volume": {"types": ["standard"], "encrypted": True}}})
    (want,) = KIND.desire(tenant)
    with pytest.raises(Unmet, match="does not encrypt"):
        KIND.resolve(answering(shared={"volume_types": TYPES}), want)


def test_everything_that_differs_is_told():
    assert list(Encryption().lacking(None)) == ["encrypted"]
    assert set(Encryption(**GOOD).lacking(Encryption(**WEAKER))) == set(GOOD)


def test_former_names_of_formats_are_known():
    assert (
        read({"encryption_id": "e", "provider": "nova.volume.encryptors.luks.LuksEncryptor"}).provider
        == "luks"
    )
    assert read({"encryption_id": "e", "provider": "luks2"}).provider == "luks2"
    assert read({"encryption_id": None}) is None


@pytest.fixture(scope="module")
def operator(sandbox):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in control.environment(sandbox).items():
            patch.setenv(name, value)
        with closing(connect(None, estate="encryption")) as connected, connected.writing():
            yield connected


@pytest.fixture
def type_of_volumes(operator):
    """A private volume type of its own, encrypted as the shipped profile wants it."""
    name = f"vault-{secrets.token_hex(3)}"
    body = {"volume_type": {"name": name, "os-volume-type-access:is_public": False}}
    made = operator.volume.post("/types", body)["volume_type"]["id"]
    operator.volume.post(f"/types/{made}/encryption", {"encryption": GOOD})
    yield name, made
    operator.volume.delete(f"/types/{made}")


def planned(operator, name):
    """Return what the shipped profile's want of a type becomes on a cloud that nobody looked at before."""
    profile = shipped()["hautement-securise"]
    estate = written("acme", {}, {"volume_types": {"luks": name}}).estate
    (want,) = [
        want
        for want in KIND.desire(Tenant("acme", profile.name, profile.version, profile.values, estate))
        if want.retired is None
    ]
    return KIND.resolve(dataclasses.replace(operator), want)


@pytest.mark.sandbox
@pytest.mark.parametrize("broken", [{name: weaker} for name, weaker in WEAKER.items()], ids=list(WEAKER))
def test_on_real_services_the_shipped_profile_refuses_a_type_changed_behind_its_back(
    operator, type_of_volumes, broken
):
    name, made = type_of_volumes
    assert planned(operator, name).spec.encryption == Encryption(**GOOD)
    identifier = operator.volume.get(f"/types/{made}/encryption")["encryption_id"]
    operator.volume.put(f"/types/{made}/encryption/{identifier}", {"encryption": broken})
    with pytest.raises(Unmet, match=str(next(iter(broken.values())))):
        planned(operator, name)


@pytest.mark.sandbox
def test_on_real_services_the_shipped_profile_refuses_a_type_that_encrypts_no_more(operator, type_of_volumes):
    name, made = type_of_volumes
    identifier = operator.volume.get(f"/types/{made}/encryption")["encryption_id"]
    operator.volume.delete(f"/types/{made}/encryption/{identifier}")
    with pytest.raises(Unmet, match="does not encrypt"):
        planned(operator, name)
