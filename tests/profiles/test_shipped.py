from __future__ import annotations

import pytest

from provision.declare import desired, enforced, load, profiles_folder
from provision.declare.schema import at, tree_schema

NAMES = ["collectivite", "hautement-securise", "open-data", "startup"]
ESTATE = """\
estate: demo
region: fr-par
external_network: public
pools: {ipv4: tenants-v4, ipv6: tenants-v6}
flavors: {standard: [std.small, std.medium], secured: [sec.small]}
hosts: {reserved: [dedicated-1]}
volume_types: {standard: standard, luks: luks}
destinations:
  dns: {protocol: udp, ports: 53, to: any}
  ntp: {protocol: udp, ports: 123, to: any}
  https-mirror: {protocol: tcp, ports: 443, to: [192.0.2.0/24, "2001:db8:1::/64"]}
"""


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    """Every shipped profile with a tenant of two lines, in an estate that gives only what they speak of."""
    folder = tmp_path_factory.mktemp("estate")
    (folder / "estate.yaml").write_text(ESTATE)
    (folder / "tenants").mkdir()
    for name in NAMES:
        (folder / "tenants" / f"t-{name}.yaml").write_text(f"tenant: t-{name}\nprofile: {name}\n")
    return load(folder)


@pytest.fixture
def tenant(estate, request):
    return estate.tenants[f"t-{request.param}"]


def each(*names):
    return pytest.mark.parametrize("tenant", names or NAMES, indirect=True)


def test_they_are_all_there(estate):
    assert sorted(estate.profiles) == sorted([*NAMES, "socle"])
    assert [name for name, profile in estate.profiles.items() if not profile.assignable] == ["socle"]
    assert {profile.extends for profile in estate.profiles.values()} == {None, "socle"}


@pytest.mark.parametrize("name", [*NAMES, "socle"])
def test_they_speak_both_languages(estate, name):
    profile = estate.profiles[name]
    for words in (profile.title, profile.summary, *profile.why.values()):
        assert words.keys() == {"en", "fr"} and words["en"] != words["fr"]


@pytest.mark.parametrize("name", [*NAMES, "socle"])
def test_what_they_explain_exists_and_is_said(estate, name):
    profile = estate.profiles[name]
    assert profile.why
    for path in profile.why:
        assert at(tree_schema(), tuple(path.split("."))) is not None, path
        assert "*" in path or profile.values.get(path) is not None, path


@each()
def test_two_lines_are_a_whole_tenant(tenant):
    kinds = {want.address.kind for want in desired(tenant)}
    assert {
        "project",
        "group",
        "role_assignment",
        "network",
        "subnet",
        "router",
        "security_group",
        "compute_quota",
        "volume_quota",
        "network_quota",
        "flavor_access",
        "volume_type_access",
        "default_volume_type",
    } <= kinds


@each()
def test_every_network_has_both_families_and_filters(tenant):
    for network in tenant.values.section("networks").values():
        assert network["ipv4"] == network["ipv6"] == "auto" and network["port_security"] is True


@each()
def test_the_default_group_lets_nothing_in(tenant):
    group = tenant.values.section("security_groups.default")
    assert group["rules"] == "exact" and group["ingress"] == []
    assert {"dns", "ntp", "https-mirror"} <= {entry for entry in group["egress"] if isinstance(entry, str)}


@each()
def test_nobody_gets_admin_and_quotas_are_finite(tenant):
    assert "admin" not in tenant.values.items("identity.roles.allowed")
    for service in tenant.values.section("quotas").values():
        assert "unlimited" not in service.values()


@each("hautement-securise")
def test_highly_secured_means_encrypted_dedicated_and_closed(tenant):
    assert tenant.values.get("identity.domain") == "dedicated"
    volume = tenant.values.section("storage.volume")
    assert (volume["types"], volume["default"], volume["access"], volume["encrypted"]) == (
        ["luks"],
        "luks",
        "exact",
        True,
    )
    assert tenant.values.get("services.required") == ["key-manager", "object-store"]
    assert tenant.values.get("object.public") is False
    egress = tenant.values.items("security_groups.default.egress")
    assert egress == ["dns", "ntp", "https-mirror"]


@each("open-data", "collectivite")
def test_what_is_published_is_described(tenant):
    public = [c for c in tenant.values.section("object.containers").values() if ".r:*" in c["read"]]
    (dataset,) = public
    assert dataset["read"] == [".r:*", ".rlistings"]
    assert dataset["metadata"].keys() == {"licence", "producer", "contact", "frequency"}
    assert dataset["metadata"]["licence"] == "etalab-2.0" and dataset["metadata"]["producer"] == tenant.key


@each("collectivite")
def test_a_local_authority_encrypts_what_is_personal(tenant):
    assert tenant.values.get("storage.volume.types") == ["luks"]
    assert tenant.values.get("classification") == "personal"
    assert tenant.values.get("object.containers.documents.read") == "private"


@pytest.mark.parametrize(
    ("profile", "line", "said"),
    [
        ("hautement-securise", "storage: {volume: {types: [luks, standard]}}", "storage.volume.types"),
        ("hautement-securise", "object: {public: true}", "object.public"),
        (
            "hautement-securise",
            "networks: {backend: {port_security: false}}",
            "networks.backend.port_security",
        ),
        (
            "hautement-securise",
            "networks: {backend: {shared_with: ['*']}}",
            "networks.backend.shared_with",
        ),
        ("hautement-securise", "network: {rbac: additive}", "network.rbac"),
        ("hautement-securise", "app_credentials: {max_days: 120}", "app_credentials.max_days"),
        ("open-data", "classification: personal", "classification"),
        ("collectivite", "classification: sante", "classification"),
        ("startup", "identity: {roles: {allowed: [admin]}}", "identity.roles.allowed"),
        ("startup", "security_groups: {default: {rules: unmanaged}}", "security_groups.default.rules"),
    ],
)
def test_floors_hold(tmp_path, profile, line, said):
    from provision.errors import DocumentErrors  # noqa: PLC0415 (only here)

    (tmp_path / "estate.yaml").write_text(ESTATE)
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants" / "acme.yaml").write_text(f"tenant: acme\nprofile: {profile}\n{line}\n")
    with pytest.raises(
        DocumentErrors, match=rf"tenants/acme.yaml:3: {said}: .* is weaker than the floor of profile"
    ):
        load(tmp_path)


def test_an_owner_is_named_in_what_is_published(tmp_path):
    (tmp_path / "estate.yaml").write_text(ESTATE)
    (tmp_path / "tenants").mkdir()
    owner = "owner: {name: Ville de Besançon, email: donnees@besancon.example}\n"
    (tmp_path / "tenants" / "besancon.yaml").write_text(f"tenant: besancon\nprofile: open-data\n{owner}")
    metadata = load(tmp_path).tenants["besancon"].values.section("object.containers.donnees.metadata")
    assert metadata["producer"] == "Ville de Besançon" and metadata["contact"] == "donnees@besancon.example"


def test_the_networks_of_a_profile_are_enforced():
    assert "network" in enforced("networks.backend.port_security")
    assert "security_group" in enforced("security_groups.default.egress")
    assert (profiles_folder() / "startup" / "profile.yaml").is_file()


@pytest.mark.parametrize("size", ["S", "M", "L", "XL"])
def test_every_size_of_every_profile_keeps_its_floors_and_holds_what_it_declares(tmp_path, size):
    (tmp_path / "estate.yaml").write_text(f"{ESTATE}defaults: {{sizes: {{S: 0.5, M: 1, L: 2, XL: 4}}}}\n")
    (tmp_path / "tenants").mkdir()
    for name in NAMES:
        text = f"tenant: t-{name}\nprofile: {name}\nsize: {size}\n"
        (tmp_path / "tenants" / f"t-{name}.yaml").write_text(text)
    tenants = load(tmp_path).tenants
    times = {"S": 0.5, "M": 1, "L": 2, "XL": 4}[size]
    assert tenants["t-startup"].values.get("quotas.compute.cores") == 20 * times
    assert {each.values.get("quotas.network.rbac_policies") for each in tenants.values()} == {0}
