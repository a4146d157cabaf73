from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from written import written

from provision import audit
from provision.audit import control as controls
from provision.audit.judge import template
from provision.audit.source import _SOURCES, Thing, sources
from provision.audit.waivers import waived
from provision.declare.shipped import shipped
from provision.declare.specimen import specimen
from provision.errors import Forbidden
from provision.kind import kinds
from provision.model.finding import Finding, Level, Severity, Status, Tier
from provision.text import same, say

PROFILES = shipped()
LAX = """\
profile: lax
version: 1.0.0
title: Lax
classification: internal
owner: {name: Nobody}
identity:
  domain: dedicated
  groups: {all: {roles: [admin, member]}}
  roles: {delegated: none, allowed: [member], incompatible: [[admin, member]]}
  auth: {mfa: {min_methods: 1}, bypass: allowed}
app_credentials: {max_days: 900, unrestricted: true, roles_max: [member]}
networks: {open: {ipv4: 192.0.2.0/24, ipv6: '2001:db8:9::/64', port_security: false}}
network: {ip_versions: [4, 6]}
quotas: {compute: {cores: unlimited}}
security_groups:
  default: {rules: exact, ingress: [{protocol: tcp, ports: 22, from: 0.0.0.0/0}], egress: []}
  wide: {rules: exact, ingress: [{protocol: any, from: any, reason: because}], egress: []}
egress: open
object: {public: true, containers: {loose: {read: public, metadata: {password: hunter2}}}}
storage: {volume: {encrypted: true, provider: luks, cipher: aes-xts-plain64, key_size: 128, types: [standard]}}
endpoints: {https: true}
"""


@pytest.fixture
def lax(tmp_path):
    (tmp_path / "estate.yaml").write_text("estate: lax\nregion: here\nexternal_network: public\n")
    (tmp_path / "profiles" / "lax").mkdir(parents=True)
    (tmp_path / "profiles" / "lax" / "profile.yaml").write_text(LAX)
    return tmp_path


@pytest.mark.parametrize("name", PROFILES)
def test_the_shipped_profiles_pass_their_own_audit(name):
    found = template(specimen(name, None), audit.tier(name, PROFILES), name)
    assert {each.control.id for each in found} == {each.control.id for each in audit.checks()}
    assert [(each.control.id, str(each.observed)) for each in found if each.status is Status.FAIL] == []
    assert not [each for each in found if each.status is Status.NOT_EVALUATED]


@pytest.mark.parametrize(
    ("control", "line"),
    {
        "TEN-IAM-04": "  groups: {all",
        "TEN-IAM-06": "  groups: {all",
        "TEN-IAM-07": "  groups: {all",
        "TEN-IAM-09": "  auth:",
        "TEN-IAM-10": "  auth:",
        "TEN-IAM-11": "app_credentials:",
        "TEN-IAM-12": None,
        "TEN-CRY-02": "storage:",
        "TEN-CRY-14": "object:",
        "TEN-NET-01": "  default:",
        "TEN-NET-02": "  wide:",
        "TEN-NET-03": "  default:",
        "TEN-NET-04": "egress:",
        "TEN-NET-05": "networks:",
        "TEN-NET-06": None,
        "TEN-NET-08": None,
        "TEN-NET-09": "  default:",
        "TEN-NET-10": "networks:",
        "TEN-NET-12": "  default:",
        "TEN-NET-13": None,
        "TEN-HA-02": None,
        "TEN-HA-07": "quotas:",
        "TEN-DAT-03": "object:",
        "TEN-REV-01": None,
    }.items(),
)
def test_a_lax_profile_fails_where_it_is_lax(lax, control, line):
    found = [
        each
        for each in template(specimen("lax", lax), Tier.SECURED, "lax")
        if each.control.id == control and each.status is Status.FAIL
    ]
    if control in {"TEN-IAM-12", "TEN-NET-06", "TEN-NET-08"}:  # what it says is within what it says
        assert found == []
        return
    assert found, control
    if line:
        at = next(number for number, text in enumerate(LAX.splitlines(), 1) if text.startswith(line))
        assert at in {each.origin.line for each in found}


def test_data_that_is_opened_without_a_licence_fails(lax):
    found = template(specimen("lax", lax), Tier.OPEN_DATA, "lax")
    lawless = [each for each in found if each.control.id == "TEN-DAT-04" and each.status is Status.FAIL]
    assert [str(each.observed) for each in lawless] == [
        "it does not say licence, producer, contact, frequency"
    ]


@pytest.mark.parametrize(
    ("profile", "tier"),
    [
        ("hautement-securise", Tier.SECURED),
        ("open-data", Tier.OPEN_DATA),
        ("startup", Tier.BETWEEN),
        ("nobody", Tier.BETWEEN),
    ],
)
def test_a_profile_stands_in_the_tier_of_its_nearest_ancestor(profile, tier):
    assert audit.tier(profile, PROFILES) is tier


def test_what_is_only_written_down_is_judged_by_what_is_written(lax):
    (lax / "estate.yaml").write_text("estate: lax\nregion: elsewhere\nexternal_network: public\n")
    text = LAX.replace("  domain: dedicated", "  domain: shared").replace(
        "owner: {name: Nobody}", "location: {allowed: [here]}"
    )
    more = "images: {visibility: shared}\nbilling: {envelope: big}\n"
    (lax / "profiles" / "lax" / "profile.yaml").write_text(text + more)
    found = template(specimen("lax", lax), Tier.SECURED, "lax")
    failed = {each.control.id: str(each.observed) for each in found if each.status is Status.FAIL}
    assert failed["TEN-IAM-01"] == "the documents do not ask for it"
    assert failed["TEN-DAT-01"] == "no owner is named"
    assert failed["TEN-DAT-02"] == "elsewhere"
    assert "TEN-DAT-05" not in failed  # shared is what is asked
    status = {each.control.id: each.status for each in found}
    assert status["TEN-BIL-01"] is Status.NOT_APPLICABLE
    assert status["TEN-CRY-05"] is Status.FAIL  # a secured tier must say where its keys rest


@pytest.mark.parametrize(
    ("waiver", "observed"),
    [
        ({"expires": "2020-01-01", "measure": "m"}, "TEN-NET-01 expired on 2020-01-01"),
        ({"expires": "2999-01-01"}, "TEN-NET-01 has no measure"),
    ],
)
def test_a_waiver_that_is_over_or_makes_up_for_nothing_fails_itself(waiver, observed):
    who = {"control": "TEN-NET-01", "reason": "r", "owner": "o", "approver": "a"}
    tenant = written("acme", {"waivers": [{**who, **waiver}]})
    failed = {
        each.control.id: str(each.observed)
        for each in template(tenant, Tier.BETWEEN, "x")
        if each.status is Status.FAIL
    }
    assert failed["TEN-GOV-02"] == observed


def test_a_secret_in_metadata_is_named_and_not_repeated(lax):
    found = template(specimen("lax", lax), Tier.SECURED, "lax")
    secrets = [each for each in found if each.control.id == "TEN-CRY-14"]
    assert [str(each.observed) for each in secrets] == ["password"]
    assert "hunter2" not in str(found)


CHECK = controls.Check(
    controls.Control(
        "TEN-XXX-01",
        same("x"),
        Severity.LOW,
        "classification",
        {"x": ("field",)},
        dict.fromkeys(Tier, Level.MUST),
        (),
        same("mend it"),
    ),
    "x",
    ("field",),
    controls.always,
    lambda _about, spec: None if spec == "right" else same("wrong"),
)


@pytest.fixture
def judged(monkeypatch):
    """Judge things that the cloud shows with one control alone."""
    tenant = written("acme", {"classification": "internal"})

    def judge(*things, error=None):
        class Source:
            def found(self, _eyes, _tenant):
                if error:
                    raise error
                return things

        monkeypatch.setattr("provision.audit.judge.checks", lambda: (CHECK,))
        monkeypatch.setattr("provision.audit.judge.sources", lambda: {"x": Source()})
        return audit.live(None, tenant, Tier.BETWEEN)

    return judge


def test_what_the_api_did_not_say_is_not_evaluated(judged):
    (finding,) = judged(Thing("x/acme/a", "right", raw={}))
    assert (finding.status, finding.address) == (Status.NOT_EVALUATED, "x/acme/a")
    assert "field" in str(finding.observed)


def test_what_may_not_be_read_is_not_evaluated(judged):
    (finding,) = judged(error=Forbidden(say("no", "non")))
    assert finding.status is Status.NOT_EVALUATED
    assert "403" in str(finding.observed)


def test_one_that_is_wrong_among_others_is_the_finding(judged):
    found = judged(
        *(Thing(f"x/acme/{name}", spec, raw={"field": 1}) for name, spec in (("a", "right"), ("b", "wrong")))
    )
    assert [(each.status, each.address) for each in found] == [(Status.FAIL, "x/acme/b")]


def test_all_that_is_right_is_one_finding(judged):
    (finding,) = judged(*(Thing(f"x/acme/{name}", "right", raw={"field": 1}) for name in "ab"))
    assert (finding.status, str(finding.observed)) == (Status.PASS, "2 read")


@pytest.mark.parametrize(
    ("waiver", "status"),
    [
        ({"control": "TEN-XXX-01", "expires": "2026-12-01"}, Status.WAIVED),
        ({"control": "TEN-XXX-01", "expires": "2026-11-25"}, Status.FAIL),
        ({"control": "TEN-XXX-02", "expires": "2026-12-01"}, Status.FAIL),
        ({"control": "TEN-XXX-01", "expires": "2026-12-01", "resource": "x/acme/b*"}, Status.WAIVED),
        ({"control": "TEN-XXX-01", "expires": "2026-12-01", "resource": "x/acme/other"}, Status.FAIL),
    ],
)
def test_a_waiver_counts_for_its_control_its_resource_and_its_time(waiver, status):
    who = {"reason": "r", "owner": "o", "approver": "a", "measure": "m"}
    tenant = written("acme", {"waivers": [{**who, **waiver}]})
    failure = Finding(CHECK.control, Status.FAIL, "acme", "x/acme/b", same("wrong"))
    (finding,) = waived(tenant, [failure], date(2026, 11, 26))
    assert finding.status is status
    if waiver["expires"] < "2026-11-26":
        assert "2026-11-25" in str(finding.observed)


def test_every_control_is_one_of_the_catalogue_and_says_why_it_maps():
    for check in audit.checks():
        control = check.control
        assert re.fullmatch(r"TEN-(IAM|CRY|NET|HA|LOG|DAT|REV|SOV|GOV|BIL)-\d\d", control.id)
        assert check.over in sources()
        for clause in control.clauses:
            assert clause.reason.en and clause.reason.fr
        assert control.title.fr and control.do.fr


def test_no_control_is_left_without_a_test():
    told = "".join(each.read_text() for each in Path(__file__).parent.glob("test_*.py"))
    own = {
        each.control.id for each in audit.checks() if not each.outside
    }  # of the others, test_evidence tries each
    silent = own - set(re.findall(r"TEN-[A-Z]+-\d\d", told))
    assert silent == set()


@pytest.mark.parametrize(
    ("ipv6", "policy", "wrong"),
    [
        ("auto", "", None),
        ("auto", "ipv6_pool: estate, ", None),
        ("auto", "ipv6_pool: routed, ", "auto is of the pool tenants-v6, which is not the approved one"),
        ("{pool: routed}", "ipv6_pool: routed, ", None),
        (
            "{pool: routed}",
            "ipv6_pool: estate, ",
            "auto is of the pool routed, which is not the approved one",
        ),
        ("'2001:db8:9::/64'", "", "2001:db8:9::/64 is of no pool"),
    ],
)
def test_an_ipv6_prefix_is_promised_from_the_approved_pool_or_fails(ipv6, policy, wrong):
    network = f"{{{policy}pools: {{routed: {{prefixes: ['2001:db8:77::/48']}}}}}}"
    tenant = written("acme", YAML(typ="safe").load(f"network: {network}\nnetworks: {{n: {{ipv6: {ipv6}}}}}"))
    (found,) = (each for each in template(tenant, Tier.SECURED, "acme") if each.control.id == "TEN-NET-10")
    assert (found.status, str(found.observed)) == ((Status.FAIL, wrong) if wrong else (Status.PASS, "1 read"))


def test_no_source_takes_the_name_of_a_kind():
    assert len(sources()) == len(kinds()) + len(_SOURCES)
