"""Datasets as DCAT-AP 3 says them, in JSON-LD; pure.

The context stands in the document: nobody needs another one to read it. Addresses of licences, frequencies, media types and
file types are those that European and French catalogues look for. The checksum's value is a plain string, as the harvester of
data.gouv.fr keeps nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision.model.dataset import CONTACT, FREQUENCY, LICENCE, LICENCES, PRODUCER
from provision.text import LANGUAGES, Text, render, same, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from provision.model.dataset import Dataset, File

Node = dict[str, Any]
EU: Final = "http://publications.europa.eu/resource/authority"
IANA: Final = "https://www.iana.org/assignments/media-types"
CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_FORMATS: Final = frozenset(
    {
        "CSV",
        "GEOJSON",
        "GML",
        "GPKG",
        "GZIP",
        "JSON",
        "JSON_LD",
        "KML",
        "ODS",
        "ODT",
        "PARQUET",
        "PDF",
        "TXT",
        "XLSX",
        "XML",
        "ZIP",
    }
)
_CALLED: Final = {"JSONLD": "JSON_LD", "GZ": "GZIP"}
_OF_ALL: Final = say("Open data: {who}", "Données ouvertes : {who}")
_ABOUT_ALL: Final = say(
    "Datasets published by {who}, with their licence and checksums.",
    "Jeux de données publiés par {who}, avec leur licence et leurs empreintes.",
)
_ABOUT: Final = say("Dataset published by {who}.", "Jeu de données publié par {who}.")


def document(address: str, datasets: Sequence[Dataset]) -> Node:
    """Return the catalogue that stands at an address."""
    first = datasets[0]
    who = ", ".join(dict.fromkeys(each.metadata[PRODUCER] for each in datasets))
    return {
        "@context": CONTEXT,
        "@id": address,
        "@type": "dcat:Catalog",
        "dct:title": _both(_OF_ALL, who),
        "dct:description": _both(_ABOUT_ALL, who),
        "dct:publisher": _agent(who),
        "dct:license": _at(LICENCES[first.metadata[LICENCE]].address),
        "dct:language": [_at(f"{EU}/language/{code}") for code in ("FRA", "ENG")],
        **_modified(file for each in datasets for file in each.files),
        "dcat:dataset": [_dataset(each) for each in datasets],
    }


def _dataset(one: Dataset) -> Node:
    said = one.metadata
    return {
        "@id": one.address,
        "@type": "dcat:Dataset",
        "dct:identifier": one.address,
        "dct:title": _titles(one),
        "dct:description": _descriptions(one),
        "dct:publisher": _agent(said[PRODUCER]),
        "dcat:contactPoint": _contact(said[PRODUCER], said[CONTACT]),
        "dct:accrualPeriodicity": _at(f"{EU}/frequency/{said[FREQUENCY]}"),
        "dct:accessRights": _at(f"{EU}/access-right/PUBLIC"),
        "dct:license": _at(LICENCES[said[LICENCE]].address),
        **_modified(one.files),
        "dcat:distribution": [_distribution(one, each) for each in one.files],
    }


def _titles(one: Dataset) -> list[Node]:
    """Return the title in each language that the container says it in, else its name."""
    return _said(one, "title") or _both(same("{who}"), one.metadata.get("title", one.name))


def _descriptions(one: Dataset) -> list[Node]:
    return _said(one, "description") or _both(_ABOUT, one.metadata[PRODUCER])


def _said(one: Dataset, word: str) -> list[Node]:
    found = ((language, one.metadata.get(f"{word}-{language}")) for language in LANGUAGES)
    return [{"@language": language, "@value": value} for language, value in found if value]


def _distribution(one: Dataset, file: File) -> Node:
    licence = LICENCES[one.metadata[LICENCE]]
    kind = file.type.partition(";")[0].strip()
    return {
        "@id": f"{file.address}#distribution",
        "@type": "dcat:Distribution",
        "dct:title": file.name,
        "dcat:accessURL": _at(file.address),
        "dcat:downloadURL": _at(file.address),
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(file.size)},
        "dcat:mediaType": _at(f"{IANA}/{kind}"),
        **_format(file),
        "dct:license": _at(licence.address),
        **_modified([file]),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _at("spdx:checksumAlgorithm_sha256"),
            "spdx:checksumValue": file.sha256,
        },
    }


def _format(file: File) -> Node:
    suffix = file.name.rpartition(".")[2].upper()
    code = _CALLED.get(suffix, suffix)
    return {"dct:format": _at(f"{EU}/file-type/{code}")} if code in _FORMATS else {}


def _agent(name: str) -> Node:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _contact(name: str, said: str) -> Node:
    """Return whom to write to: an e-mail address, a page, or else only a name."""
    card: Node = {"@type": "vcard:Organization", "vcard:fn": name}
    if said.startswith(("https://", "http://")):
        return {**card, "vcard:hasURL": _at(said)}
    if "@" in said:
        return {**card, "vcard:hasEmail": _at(f"mailto:{said}")}
    return {**card, "vcard:fn": said}


def _modified(files: Iterable[File]) -> Node:
    """Return when the newest file was put there (Swift writes UTC without saying so); nothing where there is none."""
    newest = max((file.modified for file in files), default="")
    return {"dct:modified": {"@type": "xsd:dateTime", "@value": f"{newest}Z"}} if newest else {}


def _both(text: Text, who: str) -> list[Node]:
    filled = Text(text.en, text.fr, {"who": who})
    return [{"@language": language, "@value": render(filled, language)} for language in LANGUAGES]


def _at(address: str) -> Node:
    return {"@id": address}
