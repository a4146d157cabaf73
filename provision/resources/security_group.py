"""A security group and its rules, to the letter: what documents do not allow does not stay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.neutron import found, grounds, head, kept, listed, project_id, writing
from provision.errors import Conflict, NotFound, UnknownOutcome
from provision.kind import Kind, exact_set, register
from provision.model import rule
from provision.model.address import Address
from provision.model.document import WORDS, named, within, worded
from provision.model.resource import Desired, Live
from provision.model.rule import ANY, DIRECTIONS, ONLY, PEERS, SELF, Direction, Rule
from provision.model.tenant import in_words
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

DEFAULT: Final = "default"
EXACT: Final = "exact"
UNMANAGED: Final = "unmanaged"
LARGEST_REASON: Final = 255
_GROUP: Final = "^(?!(any|self|none)$)[a-z][a-z0-9-]{0,62}$"
_IN_USE: Final = say(
    "take this group off the ports that still use it, then apply again",
    "retirer ce groupe des ports qui l'utilisent encore, puis relancer apply",
)
_WITH_PORTS: Final = (6, 17, 33, 132, 136)


@dataclass(frozen=True)
class SecurityGroupSpec:
    """A security group; `rules` is None where documents say ``rules: unmanaged``."""

    name: str
    description: str | None = None
    rules: Annotated[frozenset[Rule] | None, exact_set()] = None


_PREFIX: Final = {"type": "string", "cidr": 0}
_PORT: Final = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": 65535},
        {
            "type": "string",
            "pattern": r"^\d{1,5}-\d{1,5}$",
            "says": {"en": "a range (8000-8080)", "fr": "une plage (8000-8080)"},
        },
    ]
}
_NO_PORTS: Final = {
    "if": {
        "additionalProperties": True,
        "required": ["protocol"],
        "properties": {"protocol": {"type": "integer", "not": {"enum": list(_WITH_PORTS)}}},
    },
    "then": {"additionalProperties": True, "properties": {"ports": {"enum": ["none"]}}},
}


def _entries(direction: Direction) -> dict[str, Any]:
    """Return the schema of a group's ``ingress`` or ``egress``."""
    peer = {
        "anyOf": [
            {"enum": [ANY, SELF]},
            {"type": "string", "pattern": _GROUP, "says": {"en": "a security group", "fr": "un groupe de sécurité"}},
            _PREFIX,
            {"type": "array", "items": _PREFIX},
        ]
    }  # fmt: skip
    allowed = {
        "type": "object",
        "additionalProperties": False,
        "required": ["protocol", PEERS[direction]],
        "properties": {
            "protocol": {
                "anyOf": [
                    {"enum": ["tcp", "udp", "icmp", ANY]},
                    {"type": "integer", "minimum": 1, "maximum": 255},
                ]
            },
            "ports": {"anyOf": [{"enum": ["none"]}, *_PORT["anyOf"], {"type": "array", "items": _PORT}]},
            PEERS[direction]: peer,
            "only": {"enum": [*ONLY]},
            "reason": {"type": "string", "maxLength": LARGEST_REASON},
        },
        **_NO_PORTS,
    }
    destination = {
        "type": "string",
        "says": {"en": "a destination of the estate", "fr": "une destination du parc"},
    }
    words = {
        "ingress": say("What may come in, and nothing else", "Ce qui peut entrer, et rien d'autre"),
        "egress": say("What may go out, and nothing else", "Ce qui peut sortir, et rien d'autre"),
    }[direction]
    return worded(words, {"type": "array", "items": {"anyOf": [destination, allowed]}})


@register
class SecurityGroup(Kind[SecurityGroupSpec]):
    """Marked in its description; the project's own default group is Neutron's to make and always ours to keep.

    On the way from one set of rules to another nothing passes for a moment that would be more than either of them.
    """

    name = "security_group"
    title = say("security group", "groupe de sécurité")
    service = "network"
    spec = SecurityGroupSpec
    by_members = True
    document = within(
        "security_groups",
        {
            **named(
                say("Security groups of the tenant", "Les groupes de sécurité du locataire"),
                {
                    "description": worded(say("Whom the group is for", "À qui sert le groupe"), WORDS),
                    "rules": worded(
                        say(
                            "exact: what is not written is removed (when left out); unmanaged: rules are left alone",
                            "exact : ce qui n'est pas écrit est retiré (si rien n'est dit) ; unmanaged : on n'y touche pas",
                        ),
                        {"enum": [EXACT, UNMANAGED]},
                    ),
                    **{direction: _entries(direction) for direction in DIRECTIONS},
                },
            ),
            "propertyNames": {"pattern": _GROUP},
        },
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[SecurityGroupSpec]]:
        """Want each group of the documents. With its tenant the default group goes too, asked for or not, and last."""
        groups = tenant.values.section("security_groups")
        if tenant.retired:
            for key in {DEFAULT, *groups}:
                yield _wanted(tenant, key, {"rules": UNMANAGED}, frozenset({DEFAULT}) - {key})
            return
        peers = {key: _peers(tenant, key) for key in groups}
        for key, item in groups.items():
            yield _wanted(tenant, key, item, _before(key, peers))

    def resolve(self, cloud: Cloud, want: Desired[SecurityGroupSpec]) -> Desired[SecurityGroupSpec]:
        """Cut the description to what there is room for."""
        return replace(want, spec=replace(want.spec, description=kept(cloud, want)))

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[SecurityGroupSpec]]:
        """List the groups of all these projects at once; their rules come with them.

        Neutron makes the default group of the first project that a list names, or fails to, and then the whole list
        fails with it: our own project comes first, so that reading changes nothing and nobody's quota stops it.
        """
        yield from _read(cloud, list(listed(cloud, "security-groups", tenants, first=cloud.project)))

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[SecurityGroupSpec], ...]:
        """List the project's groups; a known default group is asked for alone."""
        known = cloud.ids.find(address)
        if address.name != DEFAULT or known is None:
            return super().look(cloud, address)
        try:
            body = cloud.network.get(f"/security-groups/{known}")["security_group"]
        except NotFound:
            return ()
        return tuple(_read(cloud, [(address.tenant, body)]))

    def create(self, cloud: Cloud, want: Desired[SecurityGroupSpec]) -> Live[SecurityGroupSpec] | None:
        """Create it, marked; its rules follow with the first update. The default group is Neutron's to make."""
        if want.address.name == DEFAULT:
            return _default(cloud, want.address)
        known = cloud.ids.find(want.address)
        if known is None:
            return _make(cloud, want.address, want.spec.description)
        return self._made_by_a_peer(cloud, want.address, known)

    def _made_by_a_peer(self, cloud: Cloud, address: Address, known: str) -> Live[SecurityGroupSpec]:
        for live in self.look(cloud, address):
            if live.id == known:
                return live
        raise UnknownOutcome(
            say("made, but not to be seen yet", "créé, mais pas encore visible"), where=str(address)
        )

    def update(
        self, cloud: Cloud, have: Live[SecurityGroupSpec], want: Desired[SecurityGroupSpec]
    ) -> Live[SecurityGroupSpec] | None:
        """Set what differs, and our marker; add rules in one write at a time, all of them or none, and remove one by one."""
        body = _heading(cloud, have, want)
        there = have.raw
        with writing(_IN_USE):
            if body:
                there = cloud.network.put(f"/security-groups/{have.id}", {"security_group": body})[
                    "security_group"
                ]
            if want.spec.rules not in {None, have.spec.rules}:
                self._turn(cloud, have, want.spec.rules or frozenset())
                return None
        return next(_read(cloud, [(want.address.tenant, there)]))

    def _turn(self, cloud: Cloud, have: Live[SecurityGroupSpec], wanted: frozenset[Rule]) -> None:
        for step, rules in rule.moves(have.spec.rules or frozenset(), wanted, unused=have.fresh):
            if step == "add":
                bodies = [self._body(cloud, have, each) for each in sorted(rules)]
                cloud.network.post("/security-group-rules", {"security_group_rules": bodies})
            else:
                for identifier in _rule_ids(cloud, have, rules):
                    cloud.network.delete(f"/security-group-rules/{identifier}")

    def delete(self, cloud: Cloud, have: Live[SecurityGroupSpec]) -> None:
        """Delete it; rules of other groups that speak of it go with it. Raises `Conflict` while a port uses it."""
        with writing(_IN_USE):
            cloud.network.delete(f"/security-groups/{have.id}")

    def _body(self, cloud: Cloud, group: Live[SecurityGroupSpec], wanted: Rule) -> dict[str, Any]:
        """Return a rule in Neutron's words."""
        prefixed = "/" in wanted.remote
        peer = None if prefixed or wanted.remote == ANY else replace(group.address, name=wanted.remote)
        return {
            "security_group_id": group.id,
            "project_id": group.raw["project_id"],
            "direction": wanted.direction,
            "ethertype": f"IPv{wanted.family}",
            "protocol": None if wanted.protocol == ANY else wanted.protocol,
            "port_range_min": wanted.ports[0] if wanted.ports else None,
            "port_range_max": wanted.ports[1] if len(wanted.ports) > 1 else None,
            "remote_ip_prefix": wanted.remote if prefixed else None,
            "remote_group_id": peer and (cloud.ids.find(peer) or self._peer_id(cloud, peer)),
            "description": wanted.reason[:LARGEST_REASON],
        }

    def _peer_id(self, cloud: Cloud, peer: Address) -> str:
        """Return the id of a group that a rule speaks of; of two that speak of each other, the first one makes the second.

        Raises `Conflict` where a group that is not ours bears its name.
        """
        if peer.name == DEFAULT:
            return _default(cloud, peer).id
        there = sorted(self.look(cloud, peer), key=lambda live: (not live.owned, live.created_at, live.id))
        if there and not there[0].owned:
            raise Conflict(
                say("{peer} is not ours", "{peer} n'est pas à nous", peer=peer),
                where=str(peer),
                do=say("adopt it with --adopt {peer}, or rename one of the two", "l'adopter avec --adopt {peer}, ou renommer l'un des deux", peer=peer),
            )  # fmt: skip
        identifier = there[0].id if there else _make(cloud, peer, None).id
        cloud.ids.record(peer, identifier)
        return identifier


def _wanted(
    tenant: Tenant, key: str, item: Mapping[str, Any], before: frozenset[str]
) -> Desired[SecurityGroupSpec]:
    path = f"security_groups.{key}"
    ruled = next((each for each in DIRECTIONS if item.get(each)), "rules")
    spec = SecurityGroupSpec(
        name=key,
        description=in_words(item["description"]) if "description" in item else None,
        rules=None if item.get("rules") == UNMANAGED else frozenset(_rules(tenant, key)),
    )
    return Desired(
        Address(SecurityGroup.name, tenant.key, key),
        spec,
        tenant.values.origin(path),
        grounds(tenant.key) | {Address(SecurityGroup.name, tenant.key, peer) for peer in before},
        {
            "description": tenant.values.origin(f"{path}.description"),
            "rules": tenant.values.origin(f"{path}.{ruled}"),
        },
        tenant.retirement() if key == DEFAULT else tenant.retirement(path),
    )


def _rules(tenant: Tenant, key: str) -> Iterator[Rule]:
    """Yield a group's rules, but for those that speak of a group that is to go."""
    for direction in DIRECTIONS:
        entries = tenant.values.items(f"security_groups.{key}.{direction}")
        for each in rule.written(entries, direction, key, tenant.estate.section("destinations")):
            if tenant.values.get(f"security_groups.{each.remote}.state") != "retired":
                yield each


def _peers(tenant: Tenant, key: str) -> frozenset[str]:
    """Return the groups of the documents that a group's rules speak of."""
    known = tenant.values.section("security_groups")
    return frozenset(each.remote for each in _rules(tenant, key) if each.remote in known) - {key}


def _reach(key: str, peers: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return every group that a group's rules speak of, and theirs, and so on."""
    reached: set[str] = set()
    waiting = [key]
    while waiting:
        following = peers[waiting.pop()] - reached
        reached |= following
        waiting.extend(following)
    return frozenset(reached)


def _before(key: str, peers: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the groups that must be there first: those spoken of; in a circle, those that come first by name."""
    circle = {each for each in _reach(key, peers) if key in _reach(each, peers)}
    return (peers[key] - circle) | {each for each in circle if each < key}


def _default(cloud: Cloud, address: Address) -> Live[SecurityGroupSpec]:
    """Return a project's default group, which Neutron makes when a list names the project first."""
    project = project_id(cloud, address)
    with writing(_IN_USE):
        there = list(
            cloud.network.list("/security-groups", "security_groups", project_id=project, name=DEFAULT)
        )
    for body in there:
        cloud.ids.record(address, body["id"])
        return next(_read(cloud, [(address.tenant, body)]))
    raise NotFound(
        say(
            "Neutron made no default group for this project",
            "Neutron n'a pas créé de groupe par défaut pour ce projet",
        ),
        where=str(address),
        do=say(
            "have the operator allow create_default_security_group in Neutron's policy",
            "faire autoriser create_default_security_group dans la politique de Neutron",
        ),
    )


def _make(cloud: Cloud, address: Address, text: str | None) -> Live[SecurityGroupSpec]:
    body = {
        "name": address.name,
        "description": cloud.owner.describe(text or "", address),
        "project_id": project_id(cloud, address),
    }
    with writing(_IN_USE):
        made = cloud.network.post("/security-groups", {"security_group": body})["security_group"]
    return next(_read(cloud, [(address.tenant, made)]))


def _heading(cloud: Cloud, have: Live[SecurityGroupSpec], want: Desired[SecurityGroupSpec]) -> dict[str, Any]:
    """Return name and description as far as they differ; the default group has its name, and needs no marker, from Neutron."""
    if want.address.name == DEFAULT and want.spec.description in {None, have.spec.description}:
        return {}
    return head(cloud, want, want.spec.description, have)


def _read(cloud: Cloud, bodies: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Live[SecurityGroupSpec]]:
    """Yield groups as specs; those of one answer know each other's keys."""
    bodies = list(bodies)
    keys = _keys(cloud, bodies)
    for tenant, body in bodies:
        at = found(cloud, SecurityGroup.name, tenant, body)
        own = body["name"] == DEFAULT
        address = Address(SecurityGroup.name, tenant, DEFAULT) if own else at.address
        rules = (_rule(cloud, tenant, each, keys) for each in body["security_group_rules"])
        spec = SecurityGroupSpec(body["name"], at.text, frozenset(rules))
        yield Live(address, body["id"], spec, own or at.owned, body, body.get("created_at", ""))


def _keys(cloud: Cloud, bodies: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[tuple[str, str], str]:
    """Return the key of each group of ours by (tenant, id): of several that bear one marker, the oldest has it."""
    keys: dict[tuple[str, str], str] = {}
    taken: set[Address] = set()
    for tenant, body in sorted(bodies, key=lambda pair: (pair[1].get("created_at", ""), pair[1]["id"])):
        at = found(cloud, SecurityGroup.name, tenant, body)
        own = body["name"] == DEFAULT
        address = Address(SecurityGroup.name, tenant, DEFAULT) if own else at.address
        if (own or at.owned) and address not in taken:
            taken.add(address)
            keys[tenant, body["id"]] = address.name
    return keys


def _rule(cloud: Cloud, tenant: str, body: Mapping[str, Any], keys: Mapping[tuple[str, str], str]) -> Rule:
    """Return a rule of Neutron's as ours."""
    family = int(body["ethertype"][-1])
    return Rule(
        direction=body["direction"],
        family=family,
        protocol=rule.protocol(body["protocol"], family),
        ports=rule.ports(body["port_range_min"], body["port_range_max"]),
        remote=_remote(cloud, tenant, body, keys),
        reason=body.get("description") or "",
    )


def _remote(cloud: Cloud, tenant: str, body: Mapping[str, Any], keys: Mapping[tuple[str, str], str]) -> str:
    group, addresses = body.get("remote_group_id"), body.get("remote_address_group_id")
    if addresses:
        return f"address-group:{addresses}"
    if not group:
        return rule.prefix(body["remote_ip_prefix"]) if body["remote_ip_prefix"] else ANY
    at = cloud.ids.address(SecurityGroup.name, group)
    known = at is not None and at.tenant == tenant and cloud.ids.find(at) == group
    return keys.get((tenant, group)) or (at.name if at and known else f"security-group:{group}")


def _rule_ids(cloud: Cloud, group: Live[SecurityGroupSpec], rules: frozenset[Rule]) -> Iterator[str]:
    """Yield the ids of rules of a group."""
    keys = {(group.address.tenant, group.id): group.address.name}
    for body in group.raw["security_group_rules"]:
        if _rule(cloud, group.address.tenant, body, keys) in rules:
            yield body["id"]
