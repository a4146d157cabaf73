"""OCSF's own schema of a version, as `ocsf-json-schema` carries it: what it says against an event."""

from __future__ import annotations

from functools import cache

import jsonschema_rs
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema


@cache
def _raw(version):
    return get_ocsf_schema(version=version)


@cache
def _class(version, uid, profiles):
    schema = OcsfJsonSchemaEmbedded(_raw(version))
    return jsonschema_rs.validator_for(
        schema.get_class_schema(schema.lookup_class_name_from_uid(uid), list(profiles))
    )


def faults(event):
    """Return what the schema of the event's class, under the profiles it names, refuses; and captions that are not their ids'."""
    about = event["metadata"]
    validator = _class(about["version"], event["class_uid"], tuple(about.get("profiles", ())))
    return [f"{each.instance_path}: {each.message}" for each in validator.iter_errors(event)] + _captions(
        event
    )


def _captions(event):
    classes = _raw(event["metadata"]["version"])["classes"].values()
    attributes = next(each for each in classes if each["uid"] == event["class_uid"])["attributes"]
    return [
        f"{said} {event[said]!r} is not {name} {event[name]}"
        for name, attribute in attributes.items()
        if name in event and (said := attribute.get("sibling")) in event
        for known in [attribute["enum"].get(str(event[name]), {})]
        if known.get("caption") not in {event[said], "Other"}
    ]
