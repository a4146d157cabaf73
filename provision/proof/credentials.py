"""What its people log in with besides themselves: application credentials and EC2 keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from provision.cloud import credentials
from provision.cloud.people import Person, grants, people
from provision.model.credential import MAX_DAYS, Terms
from provision.proof.promise import Seen, Stage, promise, where
from provision.proof.sign_in import listed
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

S3: Final = "s3_credentials.policy"


@promise(
    "application-credentials",
    service="identity",
    says=say(
        "each application credential ends in time, and can do no more than its profile allows",
        "chaque identifiant d'application finit à temps, et ne peut rien de plus que ce que permet son profil",
    ),
    tried=say(
        "the operator reads the application credentials of its people in its project",
        "l'exploitant lit les identifiants d'application de ses personnes dans son projet",
    ),
    made=where(MAX_DAYS),
)
def application_credentials(stage: Stage, _key: str) -> Seen:
    """Read those of each person (Keystone lists them by user only), and hold each against the documents."""
    terms, now, known = Terms.of(stage.tenant.values), datetime.now(UTC), _people(stage)
    held = stage.operator.each(lambda each: credentials.listed(stage.operator.identity, each.id), known)
    found = [
        (person, each)
        for person, those in zip(known, held, strict=True)
        for each in those
        if each.project == stage.project
    ]
    wrong = [
        say("{name} of {person}: {fault}", "{name} de {person} : {fault}", name=each.name, person=person.name, fault=fault)
        for person, each in found
        for fault in terms.faults(each, now)
    ]  # fmt: skip
    return Seen(
        not wrong,
        listed(wrong) if wrong else say("{n} in order", "{n} en ordre", n=len(found)),
    )


@promise(
    "ec2-credentials",
    service="identity",
    says=say(
        "EC2 keys of its project are what its profile allows",
        "les clés EC2 de son projet sont celles que permet son profil",
    ),
    tried=say("the operator lists the EC2 keys", "l'exploitant liste les clés EC2"),
    made=where(S3),
)
def ec2_credentials(stage: Stage, key: str) -> Seen:
    """List the EC2 keys on the project: none where they are forbidden, else each of an enabled account of its people."""
    listing = stage.operator.identity.list("/credentials", "credentials", type="ec2")
    found = [each for each in listing if each.get("project_id") == stage.project]
    living = {person.id for person in _people(stage) if person.enabled}
    forbidden = stage.tenant.values.get(key) == "forbidden"
    wrong = [
        say("key {id} of {user}: {fault}", "clé {id} de {user} : {fault}", id=each["id"], user=each["user_id"], fault=fault)
        for each in found
        for fault in _unwanted(each, living, forbidden=forbidden)
    ]  # fmt: skip
    return Seen(
        not wrong,
        listed(wrong)
        if wrong
        else say(
            "{n} keys: {users}",
            "{n} clés : {users}",
            n=len(found),
            users=", ".join(sorted({str(each["user_id"]) for each in found})) or "–",
        ),
    )


def _unwanted(key: Mapping[str, Any], living: set[str], *, forbidden: bool) -> Iterator[Text]:
    if forbidden:
        yield say("there may be none", "il ne doit pas y en avoir")
    elif key["user_id"] not in living:
        yield say("of no enabled account of its people", "d'aucun compte actif de ses personnes")


def _people(stage: Stage) -> list[Person]:
    return people(stage.operator, stage.tenant.key, grants(stage.operator, stage.tenant.key))
