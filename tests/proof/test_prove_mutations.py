"""Every proof can fail: a promise is broken behind the tool's back, and exactly the proofs of that promise say so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mutated_balancers import KEPT, OF_BALANCERS
from mutated_keys import OF_KEYS
from mutated_machines import OF_MACHINES, quota
from mutated_networks import OF_NETWORKS, unfiltered
from mutated_objects import OF_OBJECTS
from mutated_people import ABOUT_PEOPLE, OF_PEOPLE, granted, in_order
from mutated_volumes import OF_VOLUMES
from promised import SECURED, TOWN, Stand, broken, troubles, verdicts
from test_prove_alone import ALONE

from provision import workflow
from provision.cloud.guest import guest
from provision.proof.promise import promises

pytestmark = pytest.mark.sandbox
MUTATIONS = OF_OBJECTS | OF_KEYS | OF_NETWORKS | OF_MACHINES | OF_VOLUMES | OF_BALANCERS
HEAVY = {
    "server-boots",
    "hosts-dedicated",
    "members-apart",
    "zones-start-machines",
    "backups-encrypted",
}  # tried where the mutation could touch them: they are half of the time
OBJECTS = {
    each.name for each in promises() if each.service == "object-store"
}  # what touches them touches nothing else
NETWORKS = {each.name for each in promises() if each.service == "network"}
ABOUT_POOLS = {
    "no-pool-of-its-own",
    "ipv6-from-the-pool",
    "pool-is-its-own",
    "networks-keep-to-their-pool",
}  # what touches them touches nothing but networks
NEAR = ((OBJECTS, OBJECTS), (ABOUT_POOLS, NETWORKS))
BY_ADMIN = {"users-of-another-domain", "servers-of-all-projects", "networks-of-other-projects", "quota-raise"}


def test_every_proof_has_a_mutation():
    mutated = {name for _, names, _ in (MUTATIONS | OF_PEOPLE).values() for name in names.split()}
    assert mutated | BY_ADMIN | ALONE == {each.name for each in promises()}


@pytest.mark.parametrize("words", MUTATIONS)
def test_a_broken_promise_is_seen_and_no_other(stands, words):
    key, names, mutation = MUTATIONS[words]
    spared = () if mutation is unfiltered else HEAVY - {*names.split()}
    near = next((near for of, near in NEAR if set(names.split()) <= of), None)
    with mutation(stands[key]):
        proofs = stands[key].try_all(only=near, but=spared)
    assert (broken(proofs), troubles(proofs)) == (set(names.split()), [])
    assert set(verdicts(stands[key].try_all(only=names.split())).values()) == {"HELD"}


@pytest.mark.parametrize("words", OF_PEOPLE)
def test_what_is_done_to_people_is_seen_and_breaks_nothing_else_of_theirs(stands, words):
    key, names, mutation = OF_PEOPLE[words]
    with mutation(stands[key]):
        proofs = stands[key].try_all(only=ABOUT_PEOPLE)
    assert (broken(proofs), troubles(proofs)) == (set(names.split()), [])


def test_plan_too_tells_of_roles_that_break_what_the_documents_say(proven_estate, stands):
    with granted("observer", "/projects/{project}")(stands[SECURED]):
        changes = workflow.plan(workflow.Question(proven_estate)).plan.changes
    told = [str(each.reason) for each in changes if each.address.kind == "role_assignment"]
    assert [each for each in told if "breaks identity.roles" in each] == told[:1] != []


def test_plan_too_sees_a_quota_that_was_raised_beyond_its_envelope(proven_estate, stands):
    stand = stands[TOWN]
    with quota("compute", cores=81)(stand):
        (change,) = workflow.plan(workflow.Question(proven_estate, (stand.tenant.key,))).plan.pending
    (cores,) = change.fields
    assert (change.address.kind, cores.field, cores.before, cores.after) == ("compute_quota", "cores", 81, 80)


def test_people_as_the_documents_have_them_break_nothing(stands):
    with in_order(stands[SECURED]), in_order(stands[TOWN]):
        for stand in stands.values():
            assert set(verdicts(stand.try_all(only=ABOUT_PEOPLE)).values()) == {"HELD"}


@pytest.mark.parametrize("seen", KEPT)
def test_a_listener_that_keeps_the_promise_is_told(stands, seen):
    with KEPT[seen](stands[SECURED]):
        (proof,) = stands[SECURED].try_all(only=["balancer-tls"])
    assert (proof.verdict, str(proof.seen)) == ("HELD", seen)


def test_without_the_service_the_promise_is_not_provable(stands, monkeypatch):
    stand = stands[SECURED]
    without = replace(stand.operator)
    left = {name: url for name, url in stand.operator.catalogue.items() if name != "load-balancer"}
    without.__dict__.update(catalogue=left, ids=stand.operator.ids)
    monkeypatch.setattr(stand, "operator", without)
    (proof,) = stand.try_all(only=["balancer-tls"])
    assert (proof.verdict, proof.error) == ("NOT_PROVABLE", None)
    assert "no load-balancer service" in str(proof.seen)


def test_a_member_who_is_admin_breaks_what_keeps_tenants_apart(stands):
    stand = stands[SECURED]
    role = stand.operator.shared.roles()["admin"]
    path = f"/projects/{stand.project}/groups/{stand.id('group', 'operators')}/roles/{role}"
    stand.operator.identity.put(path)
    try:
        with guest(stand.operator, stand.tenant) as as_admin:
            proofs = Stand(stand.operator, stand.tenant, as_admin, stand.next_door).try_all(
                but={*HEAVY, "volume-encrypted"}
            )
    finally:
        stand.operator.identity.delete(path)
    assert broken(proofs) >= BY_ADMIN
    assert troubles(proofs) == []
