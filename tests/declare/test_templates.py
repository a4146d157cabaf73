from __future__ import annotations

import pytest

from provision.declare.node import Layer, plain
from provision.declare.render import evaluate, render
from provision.model.origin import Origin

CONTEXT = {
    "tenant": {"key": "acme", "title": "123", "owner": {"name": "Ada"}},
    "estate": {"length": 24, "region": "fr"},
}


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("{{ tenant.key }}-backend", "acme-backend"),
        ("{{ estate.length }}", 24),
        ("{{- estate.length -}}", 24),
        ("{{ -estate.length }}", -24),
        ("{{ estate.length + 1 }}", 25),
        ("{{ tenant.title }}", "123"),
        ("{{ tenant.title }}{{ estate.length }}", "12324"),
        ("{{ [estate.region] }}", ["fr"]),
        ("{{ {'a': estate.region} }}", {"a": "fr"}),
        ("{{ tenant.key == 'acme' }}", True),
        ("{{ tenant.owner.email | default(tenant.owner.name) }}", "Ada"),
        ("{% if tenant.key == 'acme' %}yes{% else %}no{% endif %}", "yes"),
        ("{{ tenant.key | replace('a', 'b') | upper }}", "BCME"),
        ("{{ '}}' }}", "}}"),
    ],
)
def test_templates_give_native_values(template, result):
    assert evaluate(template, CONTEXT) == result
    assert type(evaluate(template, CONTEXT)) is type(result)


@pytest.mark.parametrize(
    "template",
    [
        "{{ tenant.nothing }}",
        "{{ nobody }}",
        "{{ tenant.owner.email ~ 'x' }}",
        "{{ tenant.key.upper() }}",
        "{{ tenant.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ tenant.items }}",
        "{{ range(3) }}",
        "{{ 'a' * 10 }}",
        "{{ 9 ** 9 }}",
        "{{ '%9999d' % 1 }}",
        "{{ 'x' | center(99999) }}",
        "{% for a in [1] %}x{% endfor %}",
        "{% set a = 1 %}{{ a }}",
        "{% macro a() %}{% endmacro %}",
        "{% include 'a' %}",
        "{% import 'a' as b %}",
        "{{ tenant.key ",
        "{{ 1 / 0 }}",
        "{{ '" + "a" * 900 + "' | replace('a', '" + "z" * 900 + "') | replace('z', '" + "y" * 90 + "') }}",
        "{{ '" + "a" * 2000 + "' }}",
        "{{ 1 + 'a' }}",
    ],
)
def test_what_is_unknown_or_unsafe_is_a_mistake_at_its_line(template):
    mistakes = []
    node = plain({"a": template}, Origin("a.yaml", 3), Layer("tenant", "acme"))
    result = render(node, CONTEXT, mistakes)
    assert result.value == {"a": template}
    (mistake,) = mistakes
    assert mistake.where == "a.yaml:3" and mistake.render("fr") != mistake.render("en")


def test_what_is_no_template_is_left_as_it_is():
    node = plain({"a": "100 % { sure }", "b": [1]}, Origin("a.yaml", 3), Layer("tenant", "acme"))
    assert render(node, CONTEXT, []) is node


def test_an_estates_values_and_the_profile_can_be_asked_for(documents):
    documents.tenant(
        "acme", 'owner:\n  name: "{{ profile.name }} {{ profile.version }} in {{ estate.region }}"\n'
    )
    assert documents.load().tenants["acme"].values.get("owner.name") == "plain 1.0.0 in fr-par"


def test_what_is_filled_in_keeps_its_place_and_is_checked_again(documents):
    documents.tenant("acme", 'quotas:\n  compute:\n    cores: "{{ tenant.key }}"\n')
    assert documents.mistake().startswith("tenants/acme.yaml:5 quotas.compute.cores")


def test_unknown_things_are_told_once_however_many_tenants_inherit_them(documents):
    documents.profile("child", 'owner:\n  name: "{{ tenant.nickname }}"\n')
    for key in ("acme", "blue"):
        documents.tenant(key, profile="child")
    assert documents.mistake().startswith(
        "profiles/child/profile.yaml:6 the template asks for something unknown"
    )


def test_names_come_from_the_estates_rules(documents):
    documents.write(
        "estate.yaml",
        """
        estate: demo
        naming: {project: "p-{{ tenant.key }}", group: "{{ group }}@{{ tenant.key }}"}
        """,
    )
    groups = "identity:\n  roles: {allowed: [member]}\n  groups: {ops: {roles: [member]}}\n"
    documents.tenant("acme", groups)
    names = documents.load().tenants["acme"].names
    assert names == {"project": "p-acme", "domain": "acme", "group:ops": "ops@acme"}


def test_a_title_in_two_languages_is_one_name_in_templates(documents):
    documents.tenant("acme", "title: {en: Acme Works, fr: Ateliers Acme}\n")
    assert documents.load().tenants["acme"].values.get("owner.name") == "Ateliers Acme"
