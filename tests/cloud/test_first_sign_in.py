"""What the sandbox's Keystone does not do: refuse an absent password, have a first one changed, let a password in alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from provision.cloud import first_sign_in, moments
from provision.cloud.anybody import Answer
from provision.cloud.first_sign_in import hand_over, without_password
from provision.errors import CloudError, Forbidden, Refused, Unreachable

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
EXPIRED = b'{"error": {"message": "The password is expired and needs to be changed for user: u"}}'
RECEIPT = b'{"receipt": {"methods": ["password"]}}'


class Identity:
    """Keystone, as far as an account's password and second factors go; every write is kept."""

    def __init__(self, expires=None):
        self.line = SimpleNamespace(root="http://keystone/v3")
        self.expires = expires
        self.factors = {"former": {"id": "former"}}
        self.writes = []
        self.may_add = True

    def list(self, path, key, **params):
        return iter(list(self.factors.values()) if key == "credentials" else [])

    def post(self, path, body):
        if path == "/users":
            return {"user": {"id": "u", "password_expires_at": self.expires}}
        if not self.may_add:
            raise Forbidden("not you", status=403)
        self.factors["new"] = {"id": "new"}
        return body

    def patch(self, path, body):
        self.writes.append(body["user"])
        return body

    def delete(self, path):
        self.factors.pop(path.rpartition("/")[2], None)

    def send(self, method, path, headers):
        self.writes.append((method, path, headers))


@pytest.fixture
def cloud():
    config = SimpleNamespace(get_requests_verify_args=lambda: (None, None))
    return SimpleNamespace(name="here", identity=Identity(), connection=SimpleNamespace(config=config))


@pytest.fixture
def answering(monkeypatch):
    """Say what Keystone answers to the password alone."""

    def answer(status, body=b"", **headers):
        def said(*_, **__):
            if status is None:
                raise Unreachable("nobody there")
            return Answer(status, body, headers)

        monkeypatch.setattr(first_sign_in, "anybody", said)

    return answer


def shut(identity):
    """Tell whether nothing opens the account: its password was taken away last, and no second factor is left."""
    return identity.writes[-1]["password"] is None and not identity.factors


def test_what_was_handed_over_before_ends(cloud, answering):
    answering(401, RECEIPT)
    first = hand_over(cloud, "u", several=True, now=NOW)
    assert not first.must_change
    assert list(cloud.identity.factors) == ["new"]
    assert cloud.identity.writes == [
        {"password": first.password, first_sign_in.ISSUED: "2026-11-26T12:00:00+00:00"}
    ]
    assert first.password not in repr(first)
    assert first.seed not in repr(first)


def test_a_password_that_must_be_changed_first_is_told(cloud, answering):
    answering(401, EXPIRED)
    assert hand_over(cloud, "u", several=True, now=NOW).must_change


def test_where_a_password_is_enough_the_token_of_the_try_is_ended(cloud, answering):
    answering(201, b"{}", **{"X-Subject-Token": "t"})
    first = hand_over(cloud, "u", several=False, now=NOW)
    assert (first.seed, first.must_change) == (None, False)
    assert cloud.identity.writes[-1] == ("DELETE", "/auth/tokens", {"X-Subject-Token": "t"})


def test_a_password_that_opens_alone_where_two_methods_are_wanted_is_taken_back(cloud, answering):
    answering(201, b"{}", **{"X-Subject-Token": "t"})
    with pytest.raises(Refused, match="the password alone opens the account"):
        hand_over(cloud, "u", several=True, now=NOW)
    assert shut(cloud.identity)


@pytest.mark.parametrize("answer", [(401, b"who?"), (503, b""), (None, b"")])
def test_whatever_else_keystone_says_nothing_is_left_open(cloud, answering, answer):
    answering(*answer)
    with pytest.raises(CloudError):
        hand_over(cloud, "u", several=True, now=NOW)
    assert shut(cloud.identity)


def test_who_may_not_give_a_second_factor_has_changed_nothing(cloud, answering):
    cloud.identity.may_add = False
    with pytest.raises(Forbidden) as refused:
        hand_over(cloud, "u", several=True, now=NOW)
    assert "only an administrator of Keystone" in refused.value.do.render("en")
    assert (list(cloud.identity.factors), cloud.identity.writes) == (["former"], [])


def test_a_rule_for_passwords_that_wants_one_gets_one_that_nobody_knows():
    said = []

    def strict(password):
        said.append(password)
        if password is None:
            raise CloudError("Password must be a string type", status=400)
        return {"user": {}}

    assert without_password(strict) == {"user": {}}
    refused, taken = said
    assert refused is None
    assert re.fullmatch(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*-).{24,}", taken)


def test_another_refusal_is_not_tried_again():
    def refusing(_):
        raise CloudError("broken", status=500)

    with pytest.raises(CloudError, match="broken"):
        without_password(refusing)


@pytest.mark.parametrize(("expires", "said_again"), [(None, 0), ("2026-11-26T12:00:00.000000", 1)])
def test_a_moments_account_keeps_its_first_password(cloud, monkeypatch, expires, said_again):
    """Where Keystone has first passwords changed, it hears that one is exempt only once the account is there."""
    monkeypatch.setattr(moments.time, "sleep", lambda _: None)
    cloud.identity = Identity(expires)
    with moments.someone(cloud, "d") as (user, password):
        assert user == "u"
        assert cloud.identity.writes == [{"password": password}] * said_again
