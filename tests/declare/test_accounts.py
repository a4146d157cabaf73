from __future__ import annotations

import pytest

TOWN = """
    identity:
      domain: {domain}
      source: {source}
      roles: {{allowed: [member, reader], delegated: manager, incompatible: [[member, manager]]}}
      auth: {{mfa: {{min_methods: {least}}}}}
      groups:
        team: {{roles: [member]}}
        admins: {{domain_roles: [manager]}}
        former: {{roles: [reader], state: retired, retirement: {{reason: Over, date: 2026-11-01}}}}
      accounts:
        ana: {{{ana}}}
    accounts: {{owner_required: {required}}}
"""
ANA = "name: Ana Silva, email: ana@town.example, groups: [team]"


def town(documents, ana=ANA, domain="dedicated", source="local", least=2, required="true"):
    """A tenant whose document names one person; return what is wrong with it."""
    if domain != "dedicated":
        ana = ana.replace("groups: [admins]", "groups: [team]")
    text = TOWN.format(domain=domain, source=source, least=least, required=required, ana=ana)
    if domain != "dedicated":
        text = text.replace("admins: {domain_roles: [manager]}", "admins: {roles: [reader]}")
    documents.tenant("town", text)
    return documents


def test_a_person_with_a_name_an_address_and_groups_is_in_order(documents):
    accounts = town(documents).load().tenants["town"].values.section("identity.accounts")
    assert list(accounts) == ["ana"]


@pytest.mark.parametrize(
    ("asked", "what", "do"),
    [
        ({"domain": "shared"}, "names people, where the domain is everybody's", "identity.domain: dedicated"),
        ({"source": "saml"}, "names people, and identity.source says saml", "people come from one place"),
        ({"ana": "groups: [team]"}, "identity.accounts.ana lacks name, email", "write whose it is"),
        ({"ana": f"{ANA[:-6]}[teem]"}, "groups: teem is no group of this tenant", "team"),
        ({"ana": f"{ANA[:-6]}[former]"}, "groups: former is no group of this tenant", ""),
        ({"ana": f"{ANA[:-6]}[team, admins]"}, "its groups give member + manager together", "leave it in one"),
        ({"ana": f"{ANA}, mfa: none"}, "opens with 1, where 2 methods are promised", "mfa: totp"),
        ({"least": 3}, "opens with 2, where 3 methods are promised", "identity provider"),
        ({"ana": f"{ANA}, state: retired"}, "identity.accounts.ana is retired without a reason", "retirement"),
        ({"ana": "name: Ana, email: nowhere"}, "email", "an e-mail address"),
    ],
)  # fmt: skip
def test_what_would_not_be_what_the_profile_promises_is_refused_at_its_line(documents, asked, what, do):
    told = [each for each in town(documents, **asked).mistakes() if what in each]
    assert told, town(documents, **asked).mistakes()
    assert told[0].startswith("tenants/town.yaml:")
    assert do in told[0]


def test_who_has_left_is_held_to_nothing_more(documents):
    gone = "groups: [former], mfa: none, state: retired, retirement: {reason: Left, date: 2026-11-01}"
    assert town(documents, ana=gone).load().tenants["town"]


def test_where_owners_need_not_be_named_an_account_is_its_key_alone(documents):
    assert town(documents, ana="", required="false", least=1).load().tenants["town"]
