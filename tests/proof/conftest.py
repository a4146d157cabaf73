"""Two tenants on the sandbox, one a profile, that the whole session shares; whoever breaks something puts it right again."""

from __future__ import annotations

import secrets
from contextlib import closing, contextmanager

import pytest
from promised import SECURED, TOWN, Stand

from provision import declare, workflow
from provision import sandbox as control
from provision.cloud.connect import connect
from provision.draft import look

PROFILES = {
    # Its images are put to the test by themselves: see test_prove_alone.py.
    SECURED: (
        "profile: hautement-securise\nimages: {signed: false}\ncompute: {images: [hardened]}\n"
        "location: {zones: {volume: [nova], network: [nova]}}\n"
    ),
    # One server a run is enough; and bounds that no shipped profile has on what the others forbid or leave.
    TOWN: (
        "profile: collectivite\ncompute: {flavors: []}\ns3_credentials: {policy: forbidden}\n"
        "trusts: {allowed: true, redelegation: false, impersonation: false, max_days: 30}\n"
        "network: {scopes: {inside: {family: ipv4}}, pools: {inside: {prefixes: [172.16.0.0/16], prefix_length: 24, scope: inside}}}\n"
        "quotas: {network: {subnet_pools: 1}}\n"
        "networks: {publication: {bandwidth: {egress: 100 Mbit/s}}, inside: {ipv4: {pool: inside}, router: none, port_security: true}}\n"
        "size: L\nha: {groups: [{name: web, policy: anti-affinity}]}\nlocation: {zones: {compute: [nova]}}\n"
    ),
}


@pytest.fixture(scope="session")
def at_the_sandbox(sandbox):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in control.environment(sandbox).items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def operators_image(at_the_sandbox):
    """The name of an image of the operator's that can be shared."""
    name = f"hardened-{secrets.token_hex(3)}"
    body = {"name": name, "disk_format": "raw", "container_format": "bare", "visibility": "shared"}
    with closing(connect(None, estate="images")) as operator, operator.writing():
        made = operator.api("image").post("/images", body)["id"]
        yield name
        operator.api("image").delete(f"/images/{made}")


@pytest.fixture(scope="session")
def proven_estate(operators_image, tmp_path_factory):
    """The folder of an estate whose tenants are on the sandbox, retired at the end."""
    folder, name = tmp_path_factory.mktemp("proofs"), f"proofs{secrets.token_hex(3)}"
    workflow.init(folder, name=name, cloud=None, language="en")
    with (folder / "estate.yaml").open("a") as estate:  # a stand-in: the sandbox has no hardware
        estate.write("\nsecret_stores: {hardware: [Software Only Crypto]}\n")
        estate.write(f"images: {{hardened: [{operators_image}]}}\n")
        estate.write("envelopes: {everybody: {each: {quotas.compute.cores: 80}}}\n")
    documents = {
        folder / "tenants" / f"{name}-{key}.yaml": f"tenant: {name}-{key}\n{profile}"
        for key, profile in PROFILES.items()
    }
    for path, text in documents.items():
        path.write_text(text)
    assert set(workflow.apply(workflow.Question(folder)).ends) == {"DONE"}
    yield folder
    for path, text in documents.items():
        path.write_text(f"{text}state: retired\nretirement: {{reason: end of the test, date: 2026-11-25}}\n")
    assert set(workflow.apply(workflow.Question(folder)).ends) == {"DONE"}


@pytest.fixture(scope="module")
def stands(proven_estate):
    """Each tenant by its key: looked at, with a member of it and a neighbour at hand; another prove would see these as people."""
    with standing(proven_estate) as found:
        yield found


@contextmanager
def standing(folder):
    estate = declare.load(folder)
    tenants = list(estate.tenants.values())
    with closing(connect(None, estate=estate.name)) as operator:
        look(operator, tenants)
        with operator.writing(), Stand.of_each(operator, tenants) as found:
            yield {each.tenant.key.removeprefix(f"{estate.name}-"): each for each in found}
