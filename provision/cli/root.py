"""`provision`: the table of its commands, each with the summary that the help shows."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from provision.cli import settings
from provision.cli.command import Group
from provision.text import say

if TYPE_CHECKING:
    import click

COMMANDS: Final = {
    "demo": say(
        "from nothing to three proven tenants on a real OpenStack",
        "de rien à trois locataires prouvés sur un vrai OpenStack",
    ),
    "sandbox": say(
        "a real OpenStack control plane on this machine",
        "un vrai plan de contrôle OpenStack sur cette machine",
    ),
    "init": say(
        "make an estate: the folder of documents",
        "créer un parc : le dossier des documents",
    ),
    "check": say("check the documents, without a cloud", "vérifier les documents, sans cloud"),
    "plan": say("show what apply would change; writes nothing", "montrer ce que ferait apply ; n'écrit rien"),
    "apply": say(
        "bring the cloud to what the documents say", "amener le cloud à ce que disent les documents"
    ),
    "prove": say(
        "put what the profiles promise to the test, on the live cloud",
        "mettre à l'épreuve ce que promettent les profils, sur le cloud",
    ),
    "audit": say(
        "judge profiles and tenants by the controls of the catalogue",
        "juger profils et locataires selon les contrôles du catalogue",
    ),
    "keys": say(
        "a tenant's own keys: make, import, rotate, destroy",
        "les clés d'un locataire : faire, importer, renouveler, détruire",
    ),
    "publish": say(
        "put files where anybody reads them, with checksums and a catalogue",
        "déposer des fichiers que tous peuvent lire, avec empreintes et catalogue",
    ),
    "catalogue": say(
        "make the DCAT-AP catalogue of what a tenant publishes",
        "faire le catalogue DCAT-AP de ce que publie un locataire",
    ),
    "credential": say(
        "make, list and revoke application credentials of yours, without admin rights",
        "créer, lister et révoquer vos identifiants d'application, sans droits d'administration",
    ),
    "account": say(
        "hand the first sign-in of an account of the documents over, once",
        "remettre, une fois, la première connexion d'un compte des documents",
    ),
    "whois": say(
        "tell which tenant a name in the cloud belongs to",
        "dire à quel locataire appartient un nom du cloud",
    ),
    "ledger": say(
        "who did what, when, under which plan; and whether anybody touched that record",
        "qui a fait quoi, quand, selon quel plan ; et si quelqu'un a touché à ce registre",
    ),
    "profile": say(
        "read the profiles that tenants are made from", "lire les profils dont les locataires sont faits"
    ),
    "schema": say(
        "print the JSON Schemas of documents and results",
        "afficher les JSON Schemas des documents et des résultats",
    ),
}


def _load(name: str) -> click.Command:
    """Import `provision.cli.<name>` and return its command."""
    found: click.Command = import_module(f"provision.cli.{name}").command
    return found


root = Group(
    "provision",
    say(
        "Takes tenants aboard an OpenStack cloud, from a profile to proof.",
        "Embarque des locataires sur un cloud OpenStack, du profil à la preuve.",
    ),
    COMMANDS,
    _load,
    [settings.version()],
)
