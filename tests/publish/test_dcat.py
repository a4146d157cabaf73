"""The catalogue as RDF: what is in it, and that the shapes which hold it can fail."""

from __future__ import annotations

import copy

import pytest
from rdf import DCAT, DCT, SPDX, VCARD, faults, graph
from rdflib import RDF, Literal, URIRef

from provision.model.dataset import FREQUENCIES, LICENCES, Dataset, File
from provision.publish import dcat

AT = "https://swift.example/v1/AUTH_1/donnees"
CSV = File("communes 2026.csv", f"{AT}/communes%202026.csv", 42, "text/csv; charset=utf-8", "2026-11-25T10:00:00.000001", "a" * 64)  # fmt: skip
ZIP = File("plan.zip", f"{AT}/plan.zip", 0, "application/zip", "2026-11-26T10:00:00.000000", "b" * 64)
SAID = {
    "licence": "etalab-2.0",
    "producer": "Ville de Besançon",
    "contact": "donnees@besancon.example",
    "frequency": "ANNUAL",
    "title-fr": "Communes",
    "title-en": "Towns",
}


def made(files=(CSV, ZIP), **said):
    dataset = Dataset("donnees", AT, {**SAID, **said}, tuple(files))
    return dcat.document(f"{AT}/catalogue.jsonld", [dataset])


def test_it_says_what_dcat_ap_asks_for():
    assert faults(made()) == ""
    assert faults(made(files=())) == ""


@pytest.mark.parametrize("licence", LICENCES)
def test_each_licence_has_its_address(licence):
    document = made(licence=licence)
    assert faults(document) == ""
    licences = {str(each) for each in graph(document).objects(None, DCT.license)}
    assert licences == {LICENCES[licence].address}


@pytest.mark.parametrize("code", sorted(FREQUENCIES))
def test_each_frequency_is_one_of_the_eu_table(code):
    said = graph(made(files=(), frequency=code)).value(URIRef(AT), DCT.accrualPeriodicity)
    assert str(said) == f"http://publications.europa.eu/resource/authority/frequency/{code}"


def test_what_it_says_of_a_file():
    read = graph(made())
    one = URIRef(f"{CSV.address}#distribution")
    assert read.value(one, RDF.type) == DCAT.Distribution
    assert read.value(one, DCAT.downloadURL) == URIRef(CSV.address)
    assert read.value(one, DCAT.byteSize).toPython() == 42
    assert str(read.value(one, DCAT.mediaType)).endswith("/media-types/text/csv")
    assert str(read.value(one, DCT["format"])).endswith("/file-type/CSV")
    assert read.value(read.value(one, SPDX.checksum), SPDX.checksumValue) == Literal("a" * 64)
    assert read.value(URIRef(AT), DCT.modified).toPython().isoformat().startswith("2026-11-26T10:00:00")


def test_titles_stand_in_both_languages():
    titles = set(graph(made()).objects(URIRef(AT), DCT.title))
    assert titles == {Literal("Communes", lang="fr"), Literal("Towns", lang="en")}
    fallen_back = set(graph(made(**{"title-fr": "", "title-en": ""})).objects(URIRef(AT), DCT.title))
    assert fallen_back == {Literal("donnees", lang="fr"), Literal("donnees", lang="en")}


@pytest.mark.parametrize(
    ("contact", "word", "value"),
    [
        ("a@b.example", VCARD.hasEmail, URIRef("mailto:a@b.example")),
        ("https://b.example/contact", VCARD.hasURL, URIRef("https://b.example/contact")),
        ("Service informatique", VCARD.fn, Literal("Service informatique")),
    ],
)
def test_the_contact_is_an_address_a_page_or_a_name(contact, word, value):
    document = made(contact=contact)
    assert faults(document) == ""
    assert value in set(graph(document).objects(None, word))


def test_the_same_data_make_the_same_catalogue():
    assert made() == made()


REMOVED = [
    *[("catalogue", word) for word in ("dct:title", "dct:description", "dct:publisher", "dct:license", "dcat:dataset")],
    *[("dataset", word) for word in ("dct:title", "dct:publisher", "dct:license", "dct:identifier", "dct:accrualPeriodicity", "dcat:contactPoint")],
    *[("file", word) for word in ("dcat:accessURL", "dcat:downloadURL", "dcat:byteSize", "dcat:mediaType", "dct:license", "spdx:checksum", "dct:modified")],
]  # fmt: skip


@pytest.mark.parametrize(("of", "word"), REMOVED)
def test_the_shapes_miss_whatever_is_taken_away(of, word):
    document = copy.deepcopy(made())
    dataset = document["dcat:dataset"][0]
    del {"catalogue": document, "dataset": dataset, "file": dataset["dcat:distribution"][0]}[of][word]
    assert word.partition(":")[2] in faults(document)
