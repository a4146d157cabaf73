from __future__ import annotations

import pytest

from provision.report import phrases, topics


def said(path, value, language="en"):
    found = topics.topic(path)
    below = ".".join(path.split(".")[found.entry :])
    return found.phrase(value if isinstance(value, dict) and found.entry else {below: value}).render(language)


RULE = {"protocol": "tcp", "ports": "8000-8080", "from": ["192.0.2.0/24"]}


@pytest.mark.parametrize(
    ("path", "value", "english", "french"),
    [
        ("audit.retention_days", 365, "365 days at least", "365 jours au moins"),
        ("exit.notice_days", 1, "1 day", "1 jour"),
        ("quotas.compute.ram", "80 GiB", "80 GiB", "80 GiB"),
        ("quotas.compute.cores", "unlimited", "without limit", "sans limite"),
        ("quotas.compute.cores", 10000, "10,000", "10\u202f000"),
        ("network.ip_versions", [4, 6], "IPv4 and IPv6", "IPv4 et IPv6"),
        ("object.public", "{{ x }}", "{{ x }}", "{{ x }}"),
        ("location.allowed", ["fr-par"], "`fr-par`", "`fr-par`"),
        ("location.allowed", [], "nothing", "rien"),
        ("owner.name", "{{ tenant.key }}", "filled in for each tenant: `{{ tenant.key }}`", "rempli pour chaque locataire : `{{ tenant.key }}`"),
        ("networks.lan.ipv4", {"ipv4": "auto", "ipv6": "auto", "bandwidth.egress": "100 Mbit/s", "bandwidth.ingress": "1 Gbit/s"}, "IPv4 and IPv6 addresses from the operator's pools; no way out; each machine sends at most 100 Mbit/s; each machine receives at most 1 Gbit/s", "adresses IPv4 et IPv6 prises dans les réserves de l'exploitant ; sans sortie ; chaque machine envoie au plus 100 Mbit/s ; chaque machine reçoit au plus 1 Gbit/s"),
        ("networks.lan.shared_with", [], "with nobody", "avec personne"),
        ("networks.lan.shared_with", ["acme", "*"], "with everybody", "avec tous"),
        ("networks.lan.shared_with", ["acme"], "`acme`", "`acme`"),
        ("networks.lan.ipv4", {"ipv4": "10.0.0.0/24", "router": "none"}, "IPv4 addresses `10.0.0.0/24`; no IPv6; no way out", "adresses IPv4 `10.0.0.0/24` ; pas d'IPv6 ; sans sortie"),
        ("routers.out.snat", {"snat": False}, "leads to nothing; hides no address", "mène à rien ; ne cache aucune adresse"),
        ("identity.groups.crew.roles", {"roles": []}, "no right at all", "aucun droit"),
        ("identity.groups.crew.roles", {"roles": ["odd"]}, "`odd`", "`odd`"),
        ("object.containers.x.read", {"read": "private"}, "read by the tenant only", "lu par le seul locataire"),
    ],
)  # fmt: skip
def test_values_in_words(path, value, english, french):
    assert said(path, value) == english
    assert said(path, value, "fr") == french


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (RULE, "TCP port 8000-8080 from addresses `192.0.2.0/24`"),
        ({"protocol": "tcp", "ports": 8443, "from": "web"}, "TCP port 8,443 from machines of group `web`"),
        ({"protocol": "tcp", "ports": [80, 443], "from": "any"}, "TCP port 80, 443 from anywhere"),
        ({"protocol": "icmp", "from": "self"}, "ICMP from machines of the same group"),
        ("partner", "the destination `partner` of the estate"),
    ],
)
def test_rules_in_words(rule, words):
    assert phrases.passing([rule], phrases.FROM).render("en") == words.replace("8,443", "8443")


def test_a_rule_that_names_addresses_holds_in_their_family_only():
    assert phrases.family([RULE]).render("fr") == "chaque règle dans la famille des adresses qu'elle nomme"
    assert phrases.family([]).render("en") == "in IPv4 and in IPv6 alike"


def test_what_nobody_wrote_words_for_is_named_by_its_schema_or_by_itself():
    assert topics.topic("security_groups.x.state").key == "security_groups.*"
    assert not topics.written("soc.sink")
    assert topics.topic("soc.sink").label.render("fr") == "`soc.sink`"
    assert topics.topic("soc.sink").question == "logs"
    assert topics.topic("billing.envelope").question == "other"
