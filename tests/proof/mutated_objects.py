"""What can be done to the containers and the account of a tenant behind the tool's back."""

from __future__ import annotations

from contextlib import contextmanager

from promised import SECURED, TOWN


@contextmanager
def opened_container(stand):
    """A container of the secured tenant is opened to anybody."""
    with by_hand(x_container_read=".r:*")(stand):
        yield


def by_hand(**headers):
    """A container is made by hand, with these headers; it keeps versions unless they say otherwise."""

    @contextmanager
    def make(stand):
        account = stand.operator.account(stand.project)
        said = {
            name.replace("_", "-"): value for name, value in {"x_versions_enabled": "true", **headers}.items()
        }
        account.put("/by-hand", headers={name: value for name, value in said.items() if value})
        yield
        account.delete("/by-hand")

    return make


LAWFUL = {
    "x_container_read": ".r:*,.rlistings",
    "x_container_meta_licence": "etalab-2.0",
    "x_container_meta_producer": "P",
    "x_container_meta_contact": "C",
    "x_container_meta_frequency": "IRREG",
}


def lawful_but(**headers):
    """A public container is made by hand that says everything but for something."""
    return by_hand(**{**LAWFUL, **headers})


@contextmanager
def a_file_without_checksum(stand):
    account = stand.guest.account(stand.project)
    account.send("PUT", "/donnees-publiques/bare.csv", content=b"a;b", headers={"Content-Type": "text/csv"})
    yield
    account.delete("/donnees-publiques/bare.csv")
    found = account.send(
        "GET", "/donnees-publiques", params={"versions": "", "format": "json", "prefix": "bare.csv"}
    ).json()
    for each in found:
        account.delete(f"/donnees-publiques/bare.csv?version-id={each['version_id']}")


def told(place, **headers):
    """Something is said of the account or of a container, and unsaid."""

    @contextmanager
    def tell(stand):
        account = stand.operator.account(stand.project)
        before = account.head(place)
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        account.send("POST", place, headers=said)
        yield
        account.send("POST", place, headers={name: before.get(name, "") for name in said})

    return tell


OF_OBJECTS = {
    "a container is opened": (SECURED, "nothing-public", opened_container),
    "a dataset is closed": (TOWN, "dataset-read-by-anybody dataset-read-from-pages", told("/donnees-publiques", x_container_read="")),
    "a dataset is written by all": (TOWN, "dataset-written-by-nobody-else containers-written-by-their-own", told("/donnees-publiques", x_container_write="*:*")),
    "a container is written by another project": (SECURED, "containers-written-by-their-own", by_hand(x_container_write="0123456789abcdef0123456789abcdef:*")),
    "a container is read by whoever has an account": (SECURED, "nothing-public", by_hand(x_container_read="*:*")),
    "a container keeps no versions": (SECURED, "containers-versioned", by_hand(x_versions_enabled="")),
    "a container is copied away": (SECURED, "containers-not-copied", by_hand(x_container_sync_to="http://127.0.0.1:1/v1/AUTH_x/y")),
    "a container takes copies": (SECURED, "containers-not-copied", by_hand(x_container_sync_key="k")),
    "the account signs addresses": (SECURED, "no-signed-addresses", told("", x_account_meta_temp_url_key="k")),
    "a container signs addresses": (SECURED, "no-signed-addresses", by_hand(x_container_meta_temp_url_key_2="k")),
    "a public container has no licence": (TOWN, "datasets-lawful", lawful_but(x_container_meta_licence="")),
    "a public container has a licence of its own": (TOWN, "datasets-lawful", lawful_but(x_container_meta_licence="mine")),
    "a public container has no rhythm": (TOWN, "datasets-lawful", lawful_but(x_container_meta_frequency="")),
    "a public container keeps no versions": (TOWN, "datasets-lawful containers-versioned", lawful_but(x_versions_enabled="")),
    "a published file has no checksum": (TOWN, "datasets-checksummed", a_file_without_checksum),
    "pages may not read a dataset": (TOWN, "dataset-read-from-pages", told("/donnees-publiques", x_container_meta_access_control_allow_origin="")),
    "the account has no quota": (TOWN, "account-quota", told("", x_account_meta_quota_bytes="")),
    "a container has no quota": (TOWN, "container-quota", told("/documents", x_container_meta_quota_bytes="")),
    "a private container is opened": (TOWN, "container-private datasets-lawful", told("/documents", x_container_read=".r:*")),
}  # fmt: skip
