"""A publisher without any admin rights publishes, on the real services; anybody reads, nobody else writes."""

from __future__ import annotations

import hashlib
import json
import secrets

import pytest
from jsonschema import Draft202012Validator
from rdf import DCAT, SPDX, faults, graph
from rdflib import URIRef
from ruamel.yaml import YAML
from written import written

import provision.resources  # noqa: F401 (importing it registers every kind)
from provision import cli
from provision.cli import language
from provision.cloud.anybody import anybody, page
from provision.kind import kinds
from provision.report.schemas import result

pytestmark = pytest.mark.sandbox
KEY = f"pub-{secrets.token_hex(3)}"
SAID = {
    "licence": "odbl-1.0",
    "producer": "Pôle données de l'Ardèche",
    "contact": "donnees@ardeche.example",
    "frequency": "MONTHLY",
    "catalogue": "here",
}
TREE = {
    "title": "Publisher",
    "object": {
        "versioning": True,
        "containers": {
            "donnees": {"read": "public", "cors": "*", "metadata": SAID, "quota": {"bytes": "1 MiB"}},
            "autres": {"read": "public", "metadata": {**SAID, "catalogue": ""}},
            "prive": {},
        },
    },
}


@pytest.fixture(scope="module")
def project(cloud):
    tenant = written(KEY, TREE)
    (want,) = kinds()["project"].desire(tenant)
    kinds()["project"].create(cloud, want)
    (have,) = kinds()["project"].look(cloud, want.address)
    cloud.ids.record(have.address, have.id)
    for each in kinds()["container"].desire(tenant):
        kinds()["container"].create(cloud, each)
    yield have.id
    account = cloud.account(have.id)
    for container in TREE["object"]["containers"]:
        account.send("POST", f"/{container}", headers={"X-Versions-Enabled": "false"})
        for word in ({}, {"versions": ""}):
            for file in account.send("GET", f"/{container}", params={"format": "json", **word}).json():
                version = f"?version-id={file['version_id']}" if "version_id" in file else ""
                account.delete(f"/{container}/{file['name']}{version}")
        account.delete(f"/{container}")
    kinds()["project"].delete(cloud, have)


@pytest.fixture(scope="module")
def publisher(cloud, project, tmp_path_factory):
    """The name of a cloud of clouds.yaml that only knows a member of the project."""
    domain, password = cloud.shared.domains()["Default"], secrets.token_urlsafe(16)
    body = {"name": KEY, "domain_id": domain, "password": password}
    user = cloud.identity.post("/users", {"user": body})["user"]["id"]
    cloud.identity.put(f"/projects/{project}/users/{user}/roles/{cloud.shared.roles()['member']}")
    auth = {**cloud.connection.config.auth, "username": KEY, "password": password, "project_id": project}
    for name in ("user_id", "project_name", "project_domain_name", "project_domain_id", "system_scope"):
        auth.pop(name, None)
    file = tmp_path_factory.mktemp("publisher") / "clouds.yaml"
    YAML().dump({"clouds": {"publisher": {"auth": auth, "region_name": cloud.connection.config.get_region_name("identity")}}}, file)  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OS_CLIENT_CONFIG_FILE", str(file))
        patch.delenv("OS_CLOUD", raising=False)
        yield "publisher"
    cloud.identity.delete(f"/users/{user}")


@pytest.fixture
def run(publisher, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        code = cli.main([*map(str, words), "--cloud", publisher, "--format", "json"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else said.err

    yield run
    language.speak("en")


@pytest.fixture
def dataset(tmp_path):
    file = tmp_path / "communes 2026.csv"
    file.write_text("commune;habitants\nPrivas;8497\n", encoding="utf-8")
    return file


def read(address, document):
    return URIRef(f"{address}#distribution"), graph(document)


def test_what_is_published_is_read_by_anybody_with_its_checksum_and_its_catalogue(run, dataset):
    code, said = run("publish", "donnees", dataset)
    assert code == 0
    Draft202012Validator(result("publish")).validate(said)
    (file,) = said["files"]
    digest = hashlib.sha256(dataset.read_bytes()).hexdigest()
    answer = anybody("GET", file["address"])
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (
        200,
        dataset.read_bytes(),
        "text/csv",
    )
    assert file["sha256"] == answer.headers["X-Object-Meta-Sha256"] == digest
    found = anybody("GET", said["address"])
    assert found.headers["Content-Type"] == "application/ld+json"
    assert json.loads(found.body) == said["catalogue"]
    assert faults(said["catalogue"]) == ""
    one, triples = read(file["address"], said["catalogue"])
    assert str(triples.value(triples.value(one, SPDX.checksum), SPDX.checksumValue)) == digest
    assert triples.value(one, DCAT.byteSize).toPython() == len(dataset.read_bytes())
    assert {str(each).rsplit("/", 1)[-1] for each in triples.objects(None, DCAT.dataset)} == {
        "donnees",
        "autres",
    }


def test_the_same_catalogue_is_not_written_again_and_another_one_is(run, dataset):
    run("publish", "donnees", dataset)
    before = anybody("GET", run("catalogue")[1]["address"]).headers["X-Timestamp"]
    code, said = run("catalogue", "--publish")
    assert (code, said["written"]) == (0, False)
    assert anybody("GET", said["address"]).headers["X-Timestamp"] == before
    dataset.write_text("commune;habitants\nPrivas;8500\n", encoding="utf-8")
    assert run("publish", "donnees", dataset)[1]["written"] is True


def test_nobody_else_writes_and_pages_of_other_sites_read(run, dataset):
    address = run("publish", "donnees", dataset)[1]["files"][0]["address"]
    assert anybody("PUT", address, b"forged").status == 401
    assert anybody("DELETE", address).status == 401
    asked = page("OPTIONS", address, "https://carte.example")
    assert (asked.status, asked.headers["Access-Control-Allow-Origin"]) == (200, "*")
    got = page("GET", address, "https://carte.example")
    assert got.headers["Access-Control-Allow-Origin"] in {"*", "https://carte.example"}


def test_a_file_without_checksum_is_left_out_and_told(run, cloud, project):
    account = cloud.account(project)
    account.send("PUT", "/autres/bare.csv", content=b"a;b", headers={"Content-Type": "text/csv"})
    code, said = run("catalogue")
    assert (code, said["left_out"]) == (2, ["autres/bare.csv bears no SHA-256"])
    assert "bare.csv" not in json.dumps(said["catalogue"])
    account.delete("/autres/bare.csv")


def test_a_container_without_licence_takes_nothing_and_is_in_no_catalogue(run, cloud, project, dataset):
    account = cloud.account(project)
    account.send("POST", "/autres", headers={"X-Remove-Container-Meta-Licence": "x"})
    code, said = run("publish", "autres", dataset)
    assert code == 3
    assert "lacks licence" in said
    assert [
        each
        for each in account.send("GET", "/autres", params={"format": "json"}).json()
        if each["name"] == dataset.name
    ] == []
    code, said = run("catalogue")
    assert (code, said["left_out"]) == (2, ["autres lacks licence"])
    account.send("POST", "/autres", headers={"X-Container-Meta-Licence": "odbl-1.0"})


@pytest.mark.parametrize("container", ["prive", "absent"])
def test_only_a_public_container_is_published_in(run, dataset, container):
    code, said = run("publish", container, dataset)
    assert code == 3
    assert "there is no public container of this name" in said


def test_more_than_the_quota_is_refused(run, tmp_path):
    file = tmp_path / "large.bin"
    file.write_bytes(b"x" * (2**20 + 1))
    code, said = run("publish", "donnees", file)
    assert code == 1
    assert "413" in said


def test_a_file_that_is_not_there_is_a_mistake_of_ours(run, tmp_path):
    code, said = run("publish", "donnees", tmp_path / "none.csv")
    assert code == 4
    assert "none.csv" in said
