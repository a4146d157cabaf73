from __future__ import annotations

import pytest

from provision.declare.federation import federated
from provision.model.address import ESTATE
from provision.model.federation import MOST_BYTES

PEOPLE = """
identity:
  source: oidc
  groups:
    admins: {roles: [member]}
  roles: {allowed: [member]}
"""
KEYCLOAK = """
federation:
  identity_providers:
    keycloak:
      protocol: openid
      remote_ids: [https://id.example/realms/cloud]
      authorization_ttl: 240
      attributes: {issuer: OIDC_ISS, id: OIDC_SUB, name: OIDC_WHO, groups: OIDC_GROUPS}
"""
TOWNS = """
    towns:
      protocol: saml2
      remote_ids: [https://towns.example]
      authorization_ttl: 60
      attributes: {issuer: MELLON_IDP, id: MELLON_ID, name: MELLON_NAME, groups: MELLON_GROUPS}
"""


@pytest.fixture
def estate(documents):
    """An estate's documents, to which identity providers can be added."""

    def add(text=KEYCLOAK):
        path = documents.folder / "estate.yaml"
        path.write_text(path.read_text() + text.lstrip("\n"))
        return documents

    return add


def admitted(documents):
    itself = documents.load().itself
    section = itself.values.section("federation.identity_providers")
    return {key: {each["domain"]: each["groups"] for each in item["admits"]} for key, item in section.items()}


def test_an_estate_without_identity_providers_asks_for_nothing_itself(documents):
    documents.tenant("acme")
    assert documents.load().itself is None


def test_what_tenants_ask_of_a_provider_is_gathered_in_order(estate):
    documents = estate(KEYCLOAK + TOWNS.lstrip("\n"))
    documents.tenant("ville", PEOPLE.replace("source: oidc", "source: saml\n  provider: towns"))
    keycloak = PEOPLE.replace("source: oidc", "source: oidc\n  provider: keycloak")
    documents.tenant("bakery", keycloak)
    documents.tenant("acme", keycloak)
    documents.tenant("clinic", keycloak.replace("identity:", "identity:\n  domain: dedicated"))
    documents.tenant("local", PEOPLE.replace("source: oidc", "source: local"))
    documents.tenant("gone", f"{keycloak}state: retired\nretirement: {{reason: Over, date: 2026-11-01}}\n")
    leaving = "{roles: [member], state: retired, retirement: {reason: Over, date: 2026-11-01}}"
    documents.tenant("moving", keycloak.replace("{roles: [member]}", leaving, 1))
    assert documents.load().itself.key == ESTATE
    assert admitted(documents) == {
        "keycloak": {"Default": ["acme-admins", "bakery-admins"], "clinic": ["clinic-admins"]},
        "towns": {"Default": ["ville-admins"]},
    }


def test_the_only_provider_need_not_be_named(estate):
    documents = estate()
    documents.tenant("acme", PEOPLE)
    assert admitted(documents) == {"keycloak": {"Default": ["acme-admins"]}}


@pytest.mark.parametrize(
    ("providers", "people", "said"),
    [
        ("", PEOPLE, "tenants/acme.yaml:4 nothing says which identity provider knows the people of acme → add federation.identity_providers"),
        (KEYCLOAK + TOWNS.lstrip("\n"), PEOPLE, "tenants/acme.yaml:4 nothing says which identity provider knows the people of acme → write identity.provider: keycloak | towns"),
        (KEYCLOAK, PEOPLE.replace("source: oidc", "source: oidc\n  provider: keycloack"), "tenants/acme.yaml:5 the estate has no identity provider keycloack → did you mean keycloak?"),
        (KEYCLOAK, PEOPLE.replace("source: oidc", "provider: keycloak"), "tenants/acme.yaml:4 identity.provider, where identity.source is local → write identity.source"),
        (KEYCLOAK, PEOPLE.replace("oidc", "saml"), "tenants/acme.yaml:4 keycloak speaks openid, not what identity.source says → write the source that fits: oidc"),
        (KEYCLOAK + "      state: retired\n      retirement: {reason: Over, date: 2026-11-01}\n", PEOPLE, "tenants/acme.yaml:4 the people of acme come from keycloak, which is retired → move them"),
        (KEYCLOAK, f"{PEOPLE}offboarding: {{user_hours: 2}}\n", "estate.yaml:16 whoever leaves keeps access for 240 minutes; acme promises 120 (offboarding.user_hours) → write 120 or less"),
        (KEYCLOAK.replace("      authorization_ttl: 240\n", ""), PEOPLE, "estate.yaml:13 federation.identity_providers.keycloak lacks authorization_ttl → add authorization_ttl"),
        (KEYCLOAK.replace("groups: OIDC_GROUPS", ""), PEOPLE, "estate.yaml:17 federation.identity_providers.keycloak.attributes lacks groups → add groups"),
        (KEYCLOAK.replace("240", "0"), PEOPLE, "estate.yaml:16 federation.identity_providers.keycloak.authorization_ttl is 0"),
        (KEYCLOAK.replace("[https://id.example/realms/cloud]", "[]"), PEOPLE, "estate.yaml:15 federation.identity_providers.keycloak.remote_ids"),
        (KEYCLOAK + "      state: retired\n", "", "estate.yaml:18 federation.identity_providers.keycloak is retired without a reason and a date → add retirement"),
        (KEYCLOAK + TOWNS.replace("https://towns.example", "https://id.example/realms/cloud").lstrip("\n"), "", "estate.yaml:20 https://id.example/realms/cloud is keycloak already"),
        (KEYCLOAK + "naming: {group: '{{ tenant.key }};{{ group }}'}\n", PEOPLE, "tenants/acme.yaml:5 Keystone would not take 'acme;admins@Default' as a group's name from keycloak → name groups"),
    ],
)  # fmt: skip
def test_what_a_provider_could_not_do_is_told_at_its_line(estate, providers, people, said):
    documents = estate(providers)
    documents.tenant("acme", people)
    assert documents.mistake().startswith(said)


def test_a_name_that_would_let_into_two_tenants_is_refused(estate):
    """The groups of a domain of its own may be called as those of another's; what a provider sends tells no domain."""
    documents = estate()
    documents.tenant(
        "ville",
        PEOPLE.replace("admins", "lyon-admins").replace("identity:", "identity:\n  domain: dedicated"),
    )
    documents.tenant("ville-lyon", PEOPLE)
    assert "keycloak could not tell ville-lyon-admins of" in documents.mistake()


def test_a_mapping_that_keystone_could_not_keep_is_refused_with_its_size(estate):
    documents = estate()
    groups = "".join(
        f"    {'abcdefghij'[number % 10]}{number:05d}{'x' * 20}-g{number}: {{}}\n" for number in range(3000)
    )
    documents.tenant("acme", f"identity:\n  source: oidc\n  groups:\n{groups}")
    (said,) = [each for each in documents.mistakes() if "bytes" in each]
    assert f"for 3000 groups; Keystone keeps {MOST_BYTES} → share the tenants out among several" in said


def test_nothing_more_is_said_of_a_provider_that_lacks_something(estate):
    documents = estate(KEYCLOAK)
    documents.tenant("acme", PEOPLE)
    loaded = documents.load()
    assert list(federated(loaded.values, list(loaded.tenants.values()))) == []


LDAP = "identity:\n  domain: dedicated\n  source: ldap\n  ldap: {%s}\n"


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (LDAP % "url: 'ldaps://a', suffix: dc=a, ca_file: /a", None),
        (LDAP % "url: 'ldap://a', starttls: true, suffix: dc=a, ca_file: /a, user: cn=k, password: {env: A}", None),
        (LDAP % "url: 'ldap://a', suffix: dc=a, ca_file: /a", "6 ldap://a: passwords would travel in the clear → write an ldaps:// address"),
        (LDAP % "url: 'ldaps://a', starttls: true, suffix: dc=a, ca_file: /a", "6 starttls on an ldaps:// address"),
        (LDAP % "url: 'ldaps://a', ca_file: /a", "6 identity.ldap lacks suffix → write identity.ldap.suffix"),
        (LDAP % "suffix: dc=a, ca_file: /a", "6 identity.ldap lacks url"),
        (LDAP % "url: 'ldaps://a', suffix: dc=a", "6 identity.ldap lacks ca_file"),
        (LDAP % "url: 'ldaps://a', suffix: dc=a, ca_file: /a, user: cn=k", "6 a user and a password go together"),
        (LDAP % "url: 'ldaps://a', suffix: dc=a, ca_file: /a, password: {env: A}", "6 a user and a password go together"),
        (LDAP % "url: 'ldaps://a', suffix: dc=a, ca_file: /a, user: cn=k, password: {env: A, file: b}", "6 two places for one password"),
        (LDAP.replace("dedicated", "shared") % "url: 'ldaps://a', suffix: dc=a, ca_file: /a", "6 a directory, where the domain is everybody's"),
        (LDAP % "url: 'ldaps://a', suffix: dc=a, ca_file: /a, state: retired", "6 identity.ldap is retired without a reason"),
        (LDAP % "url: 'ldaps://a', suffix: 'dc=%(password)s'", "6 identity.ldap.suffix is dc=%(password)s"),
        (LDAP % "url: 'http://a', suffix: dc=a, ca_file: /a", "6 identity.ldap.url is http://a"),
        (LDAP % "url: 'ldaps://a', suffix: dc=a, ca_file: /a, password: hunter2", "6 identity.ldap.password"),
    ],
)  # fmt: skip
def test_a_directory_is_reached_over_tls_and_by_a_password_that_no_document_holds(documents, people, said):
    documents.tenant("clinic", people)
    if said is None:
        assert documents.load().itself is None
    else:
        assert documents.mistakes()[0].startswith(f"tenants/clinic.yaml:{said}")
