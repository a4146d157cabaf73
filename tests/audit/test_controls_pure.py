"""Controls on what a sandbox does not have, or only with effort: both sides, and what the services answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from certified import pem
from written import written

from provision import audit
from provision.audit.sources.secrets import Kept, Readers
from provision.audit.sources.vpn import Tunnel
from provision.errors import Forbidden, NotFound, ServiceAbsent
from provision.model.address import Address
from provision.model.certificate import Certificate, read
from provision.model.finding import Status, Tier
from provision.model.key import Key
from provision.model.marker import Owner
from provision.text import same

NOW = datetime.now(UTC)
KEYS = {"keys": {"acl": "private", "rotation_days": 365, "floor": {"algorithm": "aes", "bit_length": 256}}}
TREE = {
    **KEYS,
    "pki": {"min_validity_days": 30, "issuers": ["City CA"]},
    "lb": {"tls": "required", "tls_versions": ["TLSv1.3"]},
    "vpn": {"policy": "strong"},
    "networks": {"back": {"ipv4": "auto", "ipv6": "auto"}},
    "network": {"zones": {"production": ["back"]}},
    "ha": {"groups": ["front"]},
    "backup": {"site": "other-zone"},
    "clusters": {"tls": "required", "min_masters": 3, "floating_ips": False},
    "compute": {"confidential": True},
}
NEW = {
    "TEN-CRY-06", "TEN-CRY-07", "TEN-CRY-08", "TEN-CRY-09", "TEN-CRY-10", "TEN-CRY-11", "TEN-CRY-13",
    "TEN-NET-11", "TEN-NET-14", "TEN-HA-01", "TEN-HA-04", "TEN-HA-06",
}  # fmt: skip
CHECKS = {each.control.id: each for each in audit.checks() if each.control.id in NEW}


def key(algorithm="aes", bits=256, *, days=0, current=True, sort="symmetric", serves=None, disk=False):
    created = NOW - timedelta(days=days)
    expires = created + timedelta(days=serves) if serves else None
    return Kept(Key("k", 1, "i", algorithm, bits, created, current=current), sort, expires, disk)


def certificate(days, issuer="CN=Sub CA,O=City CA", names=("Sub CA", "City CA"), begun=-1):
    return Certificate(
        NOW + timedelta(days=begun), NOW + timedelta(days=days, hours=1), issuer, frozenset(names)
    )


@pytest.mark.parametrize(
    ("control", "thing", "wrong"),
    [
        ("TEN-CRY-06", Readers(project=False), None),
        ("TEN-CRY-06", Readers(project=True), "whole project"),
        ("TEN-CRY-06", Readers(project=True, disk=True), None),
        ("TEN-CRY-06", Readers(project=False, strangers=("u1",)), "u1"),
        ("TEN-CRY-06", Readers(project=True, strangers=("u1",), disk=True), "u1"),
        ("TEN-CRY-07", key(days=364), None),
        ("TEN-CRY-07", key(days=366), "366 days"),
        ("TEN-CRY-07", key(days=366, current=False), None),
        ("TEN-CRY-07", key(days=366, disk=True), None),
        ("TEN-CRY-07", key(days=10, serves=365), None),
        ("TEN-CRY-07", key(days=10, serves=366), "366 days"),
        ("TEN-CRY-08", key(), None),
        ("TEN-CRY-08", key("AES"), None),
        ("TEN-CRY-08", key(bits=128), "aes 128"),
        ("TEN-CRY-08", key(bits=128, current=False), None),
        ("TEN-CRY-08", key("des"), "des 256"),
        ("TEN-CRY-08", key("rsa", 2048, sort="private"), None),
        ("TEN-CRY-08", key("rsa", 1024, sort="private"), "rsa 1024"),
        ("TEN-CRY-08", key("mine", 4096, sort="public"), "mine 4096"),
        ("TEN-CRY-11", certificate(31), None),
        ("TEN-CRY-11", certificate(29), "in less than 30"),
        ("TEN-CRY-11", certificate(-1, begun=-9), "expired on"),
        ("TEN-CRY-11", certificate(90, begun=2), "begins on"),
        ("TEN-CRY-11", certificate(90, "CN=Me", ("Me",)), "CN=Me issued it"),
        ("TEN-NET-14", Tunnel("aes-256", "group14", "v2"), None),
        ("TEN-NET-14", Tunnel("3des", "group14", "v2"), "3des"),
        ("TEN-NET-14", Tunnel("aes-256", "group2", "v2"), "group2"),
        ("TEN-NET-14", Tunnel("aes-256", "group14", "v1"), "v1"),
        ("TEN-NET-14", Tunnel("aes-256", "group14", "ah"), "ah"),
        ("TEN-NET-14", Tunnel("aes-256", "group14", "ah-esp"), None),
    ],
)  # fmt: skip
def test_what_a_control_fails_and_what_it_lets_pass(control, thing, wrong):
    said = CHECKS[control].judge(audit.control.About(written("acme", TREE), Tier.SECURED), thing)
    assert (said is None) if wrong is None else wrong in str(said)


@pytest.mark.parametrize(
    ("control", "tree"),
    {
        "TEN-CRY-06": {"keys": {"acl": "project"}},
        "TEN-CRY-07": {"keys": {"acl": "private"}},
        "TEN-CRY-08": {"keys": {"floor": {"bit_length": 128}}},
        "TEN-CRY-09": {"lb": {"tls": "optional"}},
        "TEN-CRY-10": {"lb": {"tls": "required"}},
        "TEN-CRY-11": {},
        "TEN-NET-11": {"networks": {"back": {"ipv4": "auto", "ipv6": "auto"}}},
        "TEN-NET-14": {"vpn": {"policy": "any"}},
        "TEN-HA-01": {"ha": {"groups": [{"name": "front", "policy": "affinity"}]}},
        "TEN-HA-04": {"backup": {"site": "same"}},
        "TEN-HA-06": {"clusters": {"min_masters": 3, "floating_ips": True}},
    }.items(),
)
def test_a_lax_template_fails_and_a_strict_one_passes(control, tree):
    def verdicts(said):
        found = audit.template(written("acme", said), Tier.SECURED, "x")
        return {each.status for each in found if each.control.id == control}

    assert verdicts(tree) == {Status.FAIL}
    assert verdicts(TREE) == {Status.PASS}


@pytest.mark.parametrize(
    ("zones", "said"),
    [
        ({"production": ["back"], "administration": ["adm"]}, None),
        ({"production": ["back", "adm"]}, None),
        ({"production": ["back"]}, "it is in no zone"),
        (
            {"production": ["back", "adm"], "administration": ["adm"]},
            "it is in several: production, administration",
        ),
        ({"production": ["back", "adm"], "backup": ["vault"]}, "no network is in the zone backup"),
    ],
)
def test_each_network_is_in_one_zone_and_each_zone_has_one(zones, said):
    networks = {name: {"ipv4": "auto", "ipv6": "auto"} for name in ("back", "adm")}
    tenant = written("acme", {"networks": networks, "network": {"zones": zones}})
    (found,) = (each for each in audit.template(tenant, Tier.SECURED, "x") if each.control.id == "TEN-NET-11")
    assert (found.status is Status.PASS) is (said is None)
    assert said is None or str(found.observed) == said


def test_where_documents_forbid_private_links_each_is_a_defect():
    tenant = written("acme", {"vpn": {"policy": "forbidden"}})
    about = audit.control.About(tenant, Tier.SECURED)
    assert "forbidden" in str(CHECKS["TEN-NET-14"].judge(about, Tunnel("aes-256", "group14", "v2")))
    (found,) = (each for each in audit.template(tenant, Tier.SECURED, "x") if each.control.id == "TEN-NET-14")
    assert found.status is Status.PASS


class Service:
    """A service that answers what it was told to; what it was not told is not there, or is refused."""

    def __init__(self, answers):
        self.answers = answers

    def at(self, **_):
        return self

    def get(self, path, **params):
        said = self.answers.get(path)
        if said is None:
            raise NotFound(same(f"no {path}"))
        if isinstance(said, Exception):
            raise said
        return said if not params.get("offset") else {name: [] for name in said}

    def list(self, path, key, **_):
        return iter(self.get(path)[key])

    def send(self, _method, path, **_):
        return SimpleNamespace(content=self.get(path)["content"])


@pytest.fixture
def judged(monkeypatch):
    """Judge with one control what services answer: ``{service: {path: answer}}``."""

    def judge(control, answers, *, tree=TREE, project="p1"):
        services = {name: Service(said) for name, said in answers.items()}

        def api(name):
            if name not in services:
                raise ServiceAbsent(same(f"no {name}"))
            return services[name]

        ids = SimpleNamespace(project=lambda _: "p1", address=lambda *_: None, find=lambda _: None)
        cloud = SimpleNamespace(
            api=api, project=project, user="me", owner=Owner("e"), each=map, ids=ids, compute=services.get("compute")
        )  # fmt: skip
        monkeypatch.setattr("provision.audit.judge.checks", lambda: (CHECKS[control],))
        eyes = audit.Eyes(
            cloud, {}, {"group": Forbidden(same("no")), "role_assignment": Forbidden(same("no"))}
        )
        eyes.refused["people of acme"] = Forbidden(same("no"))
        found = audit.live(eyes, written("acme", tree), Tier.SECURED)
        return {each.address.rsplit("/", 1)[-1]: (each.status.value, str(each.observed)) for each in found}

    return judge


def secret(name, **said):
    body = {
        "name": name,
        "secret_ref": f"http://b/v1/secrets/{name}",
        "secret_type": "symmetric",
        "algorithm": "aes",
    }
    return {
        **body,
        "bit_length": 256,
        "created": NOW.isoformat(),
        "creator_id": "me",
        "expiration": None,
        **said,
    }


def kept(*secrets, acls=None, **more):
    """What Barbican answers; the ACL of each secret by name."""
    read = {
        f"/secrets/{name}/acl": said if isinstance(said, Exception) else {"read": said}
        for name, said in (acls or {}).items()
    }
    barbican = {"/secrets": {"secrets": list(secrets)}, "/containers": {"containers": []}, **read, **more}
    volumes = [{"id": "v", "os-vol-tenant-attr:tenant_id": "p1", "encryption_key_id": "disk"}]
    return {
        "key-manager": barbican,
        "block-storage": {"/volumes/detail": {"volumes": volumes}, "/backups/detail": {"backups": []}},
        "image": {"/images": {"images": []}},
    }


def test_who_reads_each_secret_and_what_cannot_be_known_is_not_judged(judged):
    names = ("closed", "open", "disk", "named", "shut", "mine")
    found = judged(
        "TEN-CRY-06",
        kept(
            *(secret(each) for each in names),
            acls={
                "closed": {"project-access": False, "users": []},
                "open": {"project-access": True},
                "disk": {"project-access": True},
                "named": {"project-access": False, "users": ["u9"]},
                "shut": Forbidden(same("not yours")),
                "mine": {"project-access": False, "users": ["me"]},
            },
        ),
    )
    assert {name: status for name, (status, _) in found.items()} == {
        "open": "FAIL",
        "named": "NOT_EVALUATED",
        "shut": "NOT_EVALUATED",
    }
    assert "u9" in found["named"][1]


def test_an_operator_is_told_who_can_audit_secrets(judged):
    for control in ("TEN-CRY-06", "TEN-CRY-07", "TEN-CRY-08", "TEN-CRY-11"):
        ((status, why),) = judged(control, kept(secret("a")), project="p-operator").values()
        assert status == "NOT_EVALUATED" and "with the access of one of its members" in why


def test_keys_are_judged_by_what_barbican_says_and_passwords_are_none(judged):
    old = (NOW - timedelta(days=400)).isoformat()
    owner = Owner("e")
    from provision.model.key import called  # noqa: PLC0415

    ring = [called(owner, "acme", "pay", number, brought=False) for number in (1, 2)]
    answers = kept(
        secret("new"),
        secret("old", created=old),
        secret("disk", created=old),
        secret("word", secret_type="passphrase", algorithm=None, bit_length=None, created=old),
        secret("blob", secret_type="opaque", algorithm=None, bit_length=None, created=old),
        secret("named", secret_type="opaque", bit_length=128, created=old),
        secret("untold", algorithm=None, bit_length=None),
        secret(ring[0], created=old, bit_length=128),
        secret(ring[1]),
    )
    assert {name: status for name, (status, _) in judged("TEN-CRY-07", answers).items()} == {"old": "FAIL", "named": "FAIL"}  # fmt: skip
    found = judged("TEN-CRY-08", answers)
    assert {name: status for name, (status, _) in found.items()} == {
        "untold": "NOT_EVALUATED",
        "named": "FAIL",
    }
    assert "algorithm, bit_length" in found["untold"][1]


def test_a_certificate_is_read_in_either_form():
    found = read(pem(9))
    assert (found.ends - NOW).days in {8, 9}
    assert found.issued_by(frozenset({"City CA"})) and found.issued_by(frozenset({found.issuer}))
    assert not found.issued_by(frozenset({"City"}))
    with pytest.raises(ValueError, match=r".+"):
        read(b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")


def test_certificates_are_opened_and_what_may_hold_a_private_key_is_not(judged):
    container = {
        "type": "certificate",
        "container_ref": "http://b/v1/containers/c1",
        "secret_refs": [{"name": "certificate", "secret_ref": "http://b/v1/secrets/part"}, {"name": "private_key", "secret_ref": "http://b/v1/secrets/pair"}],
    }  # fmt: skip
    listening = {"project_id": "p1", "default_tls_container_ref": "http://b/v1/secrets/bundle", "sni_container_refs": ["http://b/v1/containers/c1"]}  # fmt: skip
    opaque = {"secret_type": "opaque", "algorithm": None}
    answers = kept(
        secret("good", secret_type="certificate"),
        secret("soon", secret_type="certificate"),
        secret("shut", secret_type="certificate"),
        secret("none", secret_type="certificate"),
        *(secret(each, **opaque) for each in ("part", "pair", "bundle", "blob")),
        **{
            "/containers": {"containers": [container]},
            **{f"/secrets/{each}": {"content_types": {"default": "text/plain"}} for each in ("good", "soon", "none", "part")},
            "/secrets/good/payload": {"content": pem(60)},
            "/secrets/soon/payload": {"content": pem(20)},
            "/secrets/none/payload": {"content": b"nothing"},
            "/secrets/part/payload": {"content": pem(-3)},
            "/secrets/shut": Forbidden(same("not yours")),
        },
    )  # fmt: skip
    answers["load-balancer"] = {"/lbaas/listeners": {"listeners": [listening]}}
    found = judged("TEN-CRY-11", answers)
    assert {name: status for name, (status, _) in found.items()} == {
        "soon": "FAIL",
        "part": "FAIL",
        "shut": "NOT_EVALUATED",
        "none": "NOT_EVALUATED",
        "bundle": "NOT_EVALUATED",
    }
    assert "expired on" in found["part"][1]


def listening(name, **said):
    return {
        "id": name, "name": name, "project_id": "p1", "protocol": "TERMINATED_HTTPS", "protocol_port": 443, "default_pool_id": None,
        "tls_versions": ["TLSv1.3"], "tls_ciphers": "TLS_AES_256_GCM_SHA384", **said,
    }  # fmt: skip


def test_listeners_are_judged_with_their_rules(judged):
    plain = {"protocol": "HTTP", "tls_versions": None, "tls_ciphers": None}
    listeners = [
        listening("tls"),
        listening("old", tls_versions=["TLSv1.2", "TLSv1.3"]),
        listening("weak", tls_ciphers="TLS_AES_256_GCM_SHA384:DES-CBC3-SHA"),
        listening("plain", **plain, default_pool_id="x"),
        listening("leads", **plain),
        listening("astray", **plain),
        listening("passes", protocol="TCP", default_pool_id="x"),
        listening("theirs", **plain, default_pool_id="x") | {"project_id": "p2"},
        {
            name: said
            for name, said in listening("untold").items()
            if name not in {"tls_ciphers", "default_pool_id"}
        },
    ]
    rules = [
        {"listener_id": "leads", "action": "REDIRECT_PREFIX", "redirect_prefix": "https://a.example"},
        {"listener_id": "astray", "action": "REDIRECT_PREFIX", "redirect_prefix": "http://a.example"},
    ]
    answers = {
        "load-balancer": {
            "/lbaas/listeners": {"listeners": listeners},
            "/lbaas/l7policies": {"l7policies": rules},
        }
    }
    clear = {name: status for name, (status, _) in judged("TEN-CRY-09", answers).items()}
    assert clear == {"plain": "FAIL", "astray": "FAIL", "untold": "NOT_EVALUATED"}
    found = judged("TEN-CRY-10", answers)
    assert {name: status for name, (status, _) in found.items()} == {"old": "FAIL", "weak": "FAIL", "untold": "NOT_EVALUATED"}  # fmt: skip
    assert found["weak"][1] == "DES-CBC3-SHA"


def test_listeners_tell_browsers_of_https_for_as_long_as_documents_ask(judged):
    day, tree = 86400, {"lb": {"tls": "required", "tls_versions": ["TLSv1.3"], "hsts_days": 180}}
    listeners = [
        listening("long", hsts_max_age=180 * day),
        listening("short", hsts_max_age=179 * day),
        listening("mute", hsts_max_age=None),
        listening("former"),
        listening("passes", protocol="TCP"),
    ]
    answers = {
        "load-balancer": {
            "/lbaas/listeners": {"listeners": listeners},
            "/lbaas/l7policies": {"l7policies": []},
        }
    }
    found = judged("TEN-CRY-10", answers, tree=tree)
    assert {name: status for name, (status, _) in found.items()} == {"short": "FAIL", "mute": "FAIL", "former": "NOT_EVALUATED"}  # fmt: skip
    made_up = audit.template(written("acme", tree), Tier.SECURED, "x")
    assert {each.status for each in made_up if each.control.id == "TEN-CRY-10"} == {Status.PASS}


def test_private_links_are_judged_where_neutron_has_them(judged):
    common = {"project_id": "p1", "encryption_algorithm": "aes-256", "pfs": "group14"}
    answers = {
        "network": {
            "/vpn/ikepolicies": {"ikepolicies": [{**common, "name": "good", "ike_version": "v2"}, {**common, "name": "old", "ike_version": "v1"}, {**common, "name": "untold"}]},
            "/vpn/ipsecpolicies": {"ipsecpolicies": [{**common, "name": "bare", "transform_protocol": "ah"}]},
        }
    }  # fmt: skip
    found = {name: status for name, (status, _) in judged("TEN-NET-14", answers).items()}
    assert found == {"old": "FAIL", "bare": "FAIL", "untold": "NOT_EVALUATED"}
    ((status, why),) = judged("TEN-NET-14", {"network": {}}).values()
    assert status == "NOT_EVALUATED" and "not there" in why


MARKED = Owner("e").describe("front", Address("server_group", "acme", "front"))


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ({"name": "front", "policy": "anti-affinity"}, None),
        ({"name": MARKED, "policy": "anti-affinity"}, None),
        ({"name": "acme-front", "policy": "anti-affinity"}, None),
        ({"name": "front", "policy": "soft-anti-affinity", "members": ["s1"]}, None),
        ({"name": "front", "policy": "soft-anti-affinity", "members": ["s1", "s2"]}, None),
        ({"name": "front", "policy": "soft-anti-affinity", "members": ["s1", "s3"]}, None),
        (
            {"name": "front", "policy": "soft-anti-affinity", "members": ["s1", "s4", "gone"]},
            "its 2 machines stand on one host",
        ),
        (
            {"name": "front", "policy": "anti-affinity", "members": ["s1", "s4"]},
            "its 2 machines stand on one host",
        ),
        ({"name": "front", "policy": "affinity"}, "affinity"),
        ({"name": "front", "policy": "soft-affinity", "members": ["s1", "s2"]}, "soft-affinity"),
        ({"name": "back", "policy": "anti-affinity"}, "there is no such group"),
        ({"name": "front", "policy": "anti-affinity", "project_id": "p2"}, "there is no such group"),
    ],
)
def test_a_declared_group_is_spread_over_hosts_or_zones(judged, group, said):
    where = {
        "s1": ("h1", "a"),
        "s2": ("h2", "a"),
        "s3": ("h1", "b"),
        "s4": ("h1", "a"),
        "shelved": ("", ""),
        "asleep": ("", ""),
    }
    servers = [
        {"id": name, "tenant_id": "p1", "hostId": host, "OS-EXT-AZ:availability_zone": zone}
        for name, (host, zone) in where.items()
    ]
    answers = {
        "compute": {
            "/os-server-groups": {"server_groups": [{"project_id": "p1", "members": [], **group}]},
            "/servers/detail": {"servers": servers},
        }
    }
    declared = [
        {"name": "front", "policy": "anti-affinity"},
        {"name": "former", "policy": "anti-affinity", "state": "retired"},
    ]
    found = judged("TEN-HA-01", answers, tree={"ha": {"groups": declared}})
    ((status, seen),) = found.values()
    assert (status, seen) == ("PASS", "1 read") if said is None else (status, seen) == ("FAIL", said)


def test_a_backup_is_judged_by_the_zone_of_its_volume(judged):
    volumes = [{"id": "v", "os-vol-tenant-attr:tenant_id": "p1", "availability_zone": "a"}]
    backup = {"os-backup-project-attr:project_id": "p1", "volume_id": "v"}
    backups = [
        {**backup, "name": "far", "availability_zone": "b"},
        {**backup, "name": "near", "availability_zone": "a"},
        {**backup, "name": "untold", "availability_zone": None},
        {**backup, "name": "orphan", "availability_zone": "a", "volume_id": "gone"},
    ]
    answers = {
        "block-storage": {"/volumes/detail": {"volumes": volumes}, "/backups/detail": {"backups": backups}}
    }
    found = {name: status for name, (status, _) in judged("TEN-HA-04", answers).items()}
    assert found == {"near": "FAIL", "untold": "NOT_EVALUATED", "orphan": "NOT_EVALUATED"}


@pytest.mark.parametrize(
    ("cluster", "template", "said"),
    [
        ({}, {}, None),
        ({"master_count": 1}, {}, "1 control nodes, 3 are needed"),
        ({"master_lb_enabled": False}, {}, "no load balancer before its control nodes"),
        ({}, {"tls_disabled": True}, "without TLS"),
        ({}, {"insecure_registry": "r.example:5000"}, "an insecure registry"),
        ({"floating_ip_enabled": True}, {}, "nodes with addresses outside"),
    ],
)
def test_clusters_are_judged_where_there_is_magnum(judged, cluster, template, said):
    one = {"project_id": "p1", "name": "k8s", "uuid": "c", "cluster_template_id": "t", "master_count": 3, "master_lb_enabled": True, "floating_ip_enabled": False}  # fmt: skip
    of_it = {
        "uuid": "t",
        "project_id": "p9",
        "tls_disabled": False,
        "insecure_registry": None,
        "floating_ip_enabled": True,
    }
    lists = {
        "/clusters/detail": {"clusters": [{**one, **cluster}]},
        "/clustertemplates/detail": {"clustertemplates": [{**of_it, **template}]},
    }
    ((status, seen),) = judged("TEN-HA-06", {"container-infrastructure-management": lists}).values()
    assert (status, seen) == ("PASS", "1 read") if said is None else (status, seen) == ("FAIL", said)
    lists["/clustertemplates/detail"] = {"clustertemplates": []}
    ((status, seen),) = judged("TEN-HA-06", {"container-infrastructure-management": lists}).values()
    assert status == "NOT_EVALUATED" and "tls_disabled" in seen
    ((status, _),) = judged("TEN-HA-06", {}).values()
    assert status == "NOT_EVALUATED"


def test_machines_are_confidential_by_flavour_or_image(judged):
    both = {"os:secure_boot": "required", "hw:mem_encryption": "True"}
    boot = {"os:secure_boot": "required"}
    servers = [
        {"name": name, "id": name, "tenant_id": "p1", "image": image, "flavor": flavor}
        for name, image, flavor in (
            ("flavoured", "", {"extra_specs": both}),
            ("shared-out", {"id": "i1"}, {"extra_specs": boot}),
            ("half", {"id": "i2"}, {"extra_specs": boot}),
            ("none", {"id": "i2"}, {"extra_specs": {}}),
            ("volume", "", {"extra_specs": boot}),
            ("untold", {"id": "i1"}, {}),
        )
    ]
    images = [{"id": "i1", "hw_mem_encryption": "true"}, {"id": "i2", "os_secure_boot": "optional"}]
    found = judged(
        "TEN-CRY-13",
        {"compute": {"/servers/detail": {"servers": servers}}, "image": {"/images": {"images": images}}},
    )
    assert found == {
        "half": ("FAIL", "memory in the clear"),
        "none": ("FAIL", "no secure boot, memory in the clear"),
        "volume": (
            "NOT_EVALUATED",
            "its flavour does not say, and the image that it started from is not to be seen",
        ),
        "untold": ("NOT_EVALUATED", "the API's answer has no extra_specs"),
    }
