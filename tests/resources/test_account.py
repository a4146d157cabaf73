"""What is only ever taken away from accounts and containers: keys that sign addresses, targets that files are sent to."""

from __future__ import annotations

import secrets

import pytest
from answers import cloud as no_cloud
from answers import with_tenant
from written import written

from provision.errors import Forbidden
from provision.kind import kinds
from provision.model.address import Address
from provision.plan.compare import differences
from provision.resources.account import Account, AccountSpec

KEY = f"ac-{secrets.token_hex(3)}"
DOCUMENT = {
    "title": "Account",
    "object": {"sync": False, "temp_urls": False, "containers": {"letters": {"versioning": True}}},
}
SECRET = "s3cret-that-nobody-may-read"


def wanted(kind, tree=DOCUMENT):
    return next(iter(kinds()[kind].desire(written(KEY, tree))))


@pytest.fixture(scope="module")
def project(cloud):
    want = wanted("project")
    kinds()["project"].create(cloud, want)
    (have,) = kinds()["project"].look(cloud, want.address)
    cloud.ids.record(have.address, have.id)
    yield have.id
    kinds()["project"].delete(cloud, have)


def found(cloud, kind):
    (have,) = kinds()[kind].look(cloud, wanted(kind).address)
    return have


@pytest.mark.sandbox
def test_keys_and_targets_are_seen_but_never_read_and_taken_away(cloud, project):
    account = cloud.account(project)
    kinds()["container"].create(cloud, wanted("container"))
    account.send("POST", "", headers={"X-Account-Meta-Temp-Url-Key-2": SECRET})
    sync = {"X-Container-Sync-To": "http://127.0.0.1:1/v1/AUTH_x/copy", "X-Container-Sync-Key": SECRET}
    account.send("POST", "/letters", headers={"X-Container-Meta-Temp-Url-Key": SECRET, **sync})
    for kind, fields in (("account", ["temp_urls"]), ("container", ["sync", "temp_urls"])):
        have, want = found(cloud, kind), wanted(kind)
        assert [each.field for each in differences(kinds()[kind], want, have)] == fields
        assert SECRET not in repr(have)
        kinds()[kind].update(cloud, have, want)
        assert differences(kinds()[kind], want, found(cloud, kind)) == ()
    said = {**account.head(""), **account.head("/letters")}
    assert SECRET not in str(said)
    kinds()["container"].delete(cloud, found(cloud, "container"))


@pytest.mark.sandbox
def test_what_is_declared_stays(cloud, project):
    tree = {"title": "Account", "object": {"quota": "1 GiB", "temp_urls": True}}
    cloud.account(project).send("POST", "", headers={"X-Account-Meta-Temp-Url-Key": SECRET})
    want = wanted("account", tree)
    kinds()["account"].update(cloud, found(cloud, "account"), want)
    assert found(cloud, "account").spec == AccountSpec(quota=2**30, temp_urls=True)
    kinds()["account"].delete(cloud, found(cloud, "account"))
    assert found(cloud, "account").spec == AccountSpec(quota=-1, temp_urls=False)


def test_an_account_is_spoken_of_only_where_documents_do():
    assert list(Account().desire(written("acme", {"object": {"public": True}}))) == []
    assert wanted("account", {"object": {"quota": "unlimited"}}).spec == AccountSpec(quota=-1)
    assert wanted("account", {"object": {"quota": "default", "temp_urls": True}}).spec == AccountSpec(
        quota=-1
    )
    gone = {**DOCUMENT, "state": "retired", "retirement": {"reason": "moved", "date": "2026-11-01"}}
    assert wanted("account", gone).spec == AccountSpec()


def test_an_account_that_is_closed_to_us_says_which_role_opens_it():
    class Closed:
        def head(self, _path):
            raise Forbidden("no", status=403)

    made = with_tenant(no_cloud())
    made.account = lambda _project: Closed()
    made.api = lambda _service: None
    with pytest.raises(Forbidden) as refused:
        list(Account().look(made, Address("account", "acme", "object-store")))
    assert "ResellerAdmin" in refused.value.render("fr")
