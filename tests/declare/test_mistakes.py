from __future__ import annotations

import pytest

from provision.errors import DocumentErrors

EIGHT = {
    "tenants/alpha.yaml:3": "there is no key 'quota' here → did you mean quotas?",
    "tenants/beta.yaml:5": "quotas.compute.cores",
    "tenants/beta.yaml:6": "quotas.compute.ram: 'GB' is not a unit OpenStack counts in → write 96 GiB",
    "tenants/gamma.yaml:2": "there is no profile 'plan' → did you mean plain?",
    "tenants/gamma.yaml:3": "classification is santé → did you mean sante?",
    "tenants/other.yaml:1": "the tenant key alpha is taken: tenants/alpha.yaml:1",
    "tenants/torn.yaml:3": "a quotation mark opened here is never closed",
    "tenants/twice.yaml:4": "the key 'title' is given twice; first on line 3",
}


def eight(documents):
    documents.tenant("alpha", "quota: {compute: {cores: 2}}\n")
    documents.tenant("beta", "quotas:\n  compute:\n    cores: many\n    ram: 96 GB\n")
    documents.tenant("gamma", "classification: santé\n", "plan")
    documents.write("tenants/other.yaml", "tenant: alpha\nprofile: plain\n")
    documents.tenant("torn", "title: 'x\n")
    documents.tenant("twice", "title: A\ntitle: B\n")


def test_eight_mistakes_are_eight_messages_each_with_its_place(documents):
    eight(documents)
    found = documents.mistakes()
    assert [each.split(" ")[0] for each in found] == list(EIGHT)
    for each, (where, words) in zip(found, EIGHT.items(), strict=True):
        assert each.startswith(f"{where} {words}")


def test_every_message_is_in_french_too(documents):
    eight(documents)
    with pytest.raises(DocumentErrors) as caught:
        documents.load()
    for mistake in caught.value.mistakes:
        assert mistake.render("fr") != mistake.render("en") and "{" not in mistake.render("fr")
    assert "vouliez-vous dire quotas ?" in caught.value.render("fr")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("cores: 4", "there is no key 'cores' here → it belongs under quotas.compute"),
        ("quotas: {compute: {core: 4}}", "quotas.compute has no key 'core' → did you mean cores?"),
        (
            "quotas: {compute: {cores: 4 GiB}}",
            "quotas.compute.cores: '4 GiB' is not a quantity → write a whole number",
        ),
        ("quotas: {compute: {ram: 96}}", "quotas.compute.ram: 96 has no unit → write 96 MiB"),
        ("quotas: {compute: {ram: 1.5 KiB}}", "quotas.compute.ram: 1.5 KiB is not a whole number of MiB"),
        ("quotas: {compute: {cores: true}}", "quotas.compute.cores"),
        ("quotas:", "quotas is empty → write a mapping (key: value), or remove the line"),
        ("quotas: 4", "quotas is 4 → write a mapping (key: value)"),
        ("location: {allowed: fr-par}", "location.allowed is fr-par → write a list ([a, b])"),
        ("location: {allowed: {add: fr-par}}", "location.allowed is {'add': 'fr-par'} → write a list"),
        ("location: {allowed: {add: [4]}}", "location.allowed.add.0 is 4 → write a word or sentence"),
        ("exit: {notice_days: 0}", "exit.notice_days is 0 → write 1 or more"),
        ("exit: {notice_days: long}", "exit.notice_days is long → write a whole number (20)"),
        ("object: {public: yes}", "object.public is yes → write true or false"),
        ("kind: startups", "kind is startups → did you mean startup? expected: startup, collectivite"),
        ("kind: 7", "kind is 7 → write startup, collectivite, administration or partenaire"),
        ("retirement: {reason: x}", "retirement lacks date → add date"),
        (
            "retirement: {reason: x, date: 1/12/2026}",
            "retirement.date is 1/12/2026 → write a date (2026-11-01)",
        ),
        ("owner: {email: nobody}", "owner.email is nobody → write an e-mail address"),
        ("waivers: [{control: X}]", "waivers.0 lacks reason, owner, expires, approver → add reason"),
        ("title: [a]", "title is [a] → write a word or sentence or a mapping"),
        ("title: ''", "title is  → write at least 1 character"),
        ("title: {de: x}", "title has no key 'de' → known: en, fr"),
        ("exit: {formats: {Big Name: x}}", "'Big Name' is not a name that exit.formats can take"),
        ("network: {ip_versions: [5]}", "network.ip_versions.0 is 5 → write 4 or 6"),
        (
            "quotas: {compute: {cores: }}",
            "quotas.compute.cores is empty → write a number (20) or one of unmanaged",
        ),
        ("quotas: {compute: {cores: true}}", "quotas.compute.cores is true → write a number (20)"),
        ("location: {allowed: [a, {b: c}]}", "location.allowed.1 is {'b': 'c'} → write a word or sentence"),
        ("playbooks: {a: " + "b" * 99 + "}", "playbooks is {'a': 'bbbbbbbb"),
        (
            "security_groups: {a: {egress: [{protocol: tpc, to: any}]}}",
            "security_groups.a.egress.0.protocol is tpc → did you mean tcp?",
        ),
        (
            "security_groups: {a: {egress: [{protocol: tcp}]}}",
            "security_groups.a.egress.0 lacks to → add to: any",
        ),
        (
            "security_groups: {a: {egress: [{protocol: tcp, from: any, to: any}]}}",
            "security_groups.a.egress.0 has no key 'from'",
        ),
        ("compute: {flavors: [standard, standard]}", "compute.flavors holds the same entry twice → keep one"),
        ("owner: {name: ''}", "owner.name is  → write at least 1 character"),
    ],
)
def test_each_sort_of_mistake_says_what_to_write(documents, line, said):
    documents.tenant("acme", line + "\n")
    assert documents.mistake().startswith(f"tenants/acme.yaml:3 {said}")


def leaving(words):
    return f"identity:\n  groups:\n    ops:\n      state: retired\n      retirement: {{{words}}}\n"


def test_what_a_layer_lacks_may_stand_in_another(documents):
    documents.profile("child", leaving("reason: Nobody is left"))
    documents.tenant("acme", leaving("date: 2026-11-01"), "child")
    values = documents.load().tenants["acme"].values
    assert values.get("identity.groups.ops.retirement") == {"reason": "Nobody is left", "date": "2026-11-01"}


def test_what_all_layers_lack_is_told(documents):
    documents.profile("child", leaving("reason: Nobody is left"))
    documents.tenant("acme", profile="child")
    assert documents.mistake().startswith(
        "profiles/child/profile.yaml:9 identity.groups.ops.retirement lacks date → add date"
    )


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("tenants/acme.yaml", 'tenant: "{{ profile.name }}"\nprofile: plain\n', "tenants/acme.yaml:1 tenant: a template"),
        ("tenants/acme.yaml", 'tenant: acme\nprofile: "{{ tenant.key }}"\n', "tenants/acme.yaml:2 profile: a template"),
        ("estate.yaml", 'estate: demo\nflavors:\n  standard:\n    - "{{ x }}"\n', "estate.yaml:4 flavors.standard.0: a"),
        ("profiles/plain/profile.yaml", 'profile: plain\nversion: 1.0.0\ntitle: T\nfloor:\n  kind:\n    exactly: "{{ x }}"\n',
         "profiles/plain/profile.yaml:6 floor.kind.exactly: a template is not filled in here"),
    ],
)  # fmt: skip
def test_templates_stand_where_they_are_filled_in(documents, file, text, said):
    documents.write(file, text)
    assert documents.mistakes()[0].startswith(said)


def test_what_templates_make_of_a_section_is_checked_before_it_is_used(documents):
    documents.profile("child", 'networks:\n  back: "{{ profile.name }}"\n')
    for key in ("acme", "blue"):
        documents.tenant(key, profile="child")
    assert documents.mistake().startswith(
        "profiles/child/profile.yaml:6 networks.back is child → write a mapping"
    )


@pytest.mark.parametrize("text", ["profile: plain\n", "tenant: acme\n"])
def test_a_tenant_needs_its_two_lines(documents, text):
    documents.write("tenants/acme.yaml", text)
    assert documents.mistake().startswith("tenants/acme.yaml:1 the document lacks")


@pytest.mark.parametrize("key", ["Acme", "a", "ac", "9acme", "acme_x", "a" * 32, "12"])
def test_keys_are_small_letters_digits_and_hyphens(documents, key):
    documents.write("tenants/acme.yaml", f"tenant: {key}\nprofile: plain\n")
    assert documents.mistake().startswith(f"tenants/acme.yaml:1 tenant is {key} → write a")


def test_the_file_bears_the_tenants_name(documents):
    documents.write("tenants/acme.yaml", "tenant: blue\nprofile: plain\n")
    assert (
        documents.mistake()
        == "tenants/acme.yaml:1 the file is called acme, the tenant blue → name the file blue.yaml"
    )


def test_wrong_items_go_and_right_ones_stay(documents):
    documents.tenant("acme", "location:\n  allowed:\n    - 1\n    - fr-par\n    - 2\n")
    assert [each.split(" ")[0] for each in documents.mistakes()] == [
        "tenants/acme.yaml:5",
        "tenants/acme.yaml:7",
    ]


def test_requests_are_checked_too(documents):
    documents.write("requests/r1.yaml", "request: r1\naction: grow\ntenant: acme\nreason: x\n")
    assert documents.mistakes() == [
        "requests/r1.yaml:1 the document lacks requester → add requester: a mapping (key: value)",
        "requests/r1.yaml:2 action is grow → write onboard, change, move or offboard",
    ]


@pytest.mark.parametrize("file", ["profiles/torn/profile.yaml", "requests/torn.yaml", "tenants/torn.yaml"])
def test_a_file_that_cannot_be_read_does_not_stop_the_others(documents, file):
    documents.write(file, "a: 'x\n")
    documents.tenant("acme", "kind: x\n")
    assert sorted(each.split(" ")[0] for each in documents.mistakes()) == sorted(
        [f"{file}:1", "tenants/acme.yaml:3"]
    )


def test_an_estate_without_its_document_is_told(documents):
    (documents.folder / "estate.yaml").unlink()
    assert documents.mistake().startswith("estate.yaml:1 the file cannot be read")


def test_a_broken_estate_does_not_hide_the_other_mistakes(documents):
    documents.write("estate.yaml", "estate: Demo\nclod: x\n")
    documents.tenant("acme", "kind: x\n")
    assert [each.split(" ")[0] for each in documents.mistakes()] == [
        "estate.yaml:1",
        "estate.yaml:2",
        "tenants/acme.yaml:3",
    ]
