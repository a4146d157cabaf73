"""A catalogue as others read it: parsed as RDF without any network, and held against the shapes of this folder."""

from __future__ import annotations

import json
from pathlib import Path

from pyshacl import validate
from rdflib import Graph, Namespace

SHAPES = Graph().parse(Path(__file__).with_name("shapes.ttl"))
DCAT, DCT, SPDX, VCARD = (
    Namespace(each)
    for each in (
        "http://www.w3.org/ns/dcat#",
        "http://purl.org/dc/terms/",
        "http://spdx.org/rdf/terms#",
        "http://www.w3.org/2006/vcard/ns#",
    )
)


def graph(document):
    """Return the triples of a catalogue; its context must stand in it."""
    assert isinstance(document["@context"], dict)
    return Graph().parse(data=json.dumps(document), format="json-ld")


def faults(document):
    """Return what the shapes object to, in words; nothing where they object to nothing."""
    conforms, _, words = validate(graph(document), shacl_graph=SHAPES, advanced=False)
    return "" if conforms else words
