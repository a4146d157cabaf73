"""F13: documents come, change and leave, others meddle, runs are killed and answers lost, in any order: model = ledger."""

from __future__ import annotations

import itertools

import pytest
from ground import RETIRED, alike
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

pytestmark = pytest.mark.slow

QUICK = 0.3  # seconds of window instead of 5: this cloud shows at once what was written
TENTH = [{"kind": kind, "fraction": 0.03} for kind in ("reset", "503", "504")]
TENANTS = st.sampled_from("abc")
DRIFTS = st.sampled_from(["renamed", "emptied", "opened", "raised"])
NUMBERS = itertools.count()


def test_in_any_order_the_cloud_comes_to_what_the_documents_say(ground, full, figure):
    cloud, steps = ground(), {}

    class Machine(Estate):
        def __init__(self):
            super().__init__()
            self.ground, self.steps = cloud.beside(f"any{next(NUMBERS):04d}"), steps

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=60 if full else 4,
            stateful_step_count=40 if full else 12,
            deadline=None,
            derandomize=not full,
            database=None,
            phases=[Phase.generate],  # a run costs too much to shrink what it found
            suppress_health_check=list(HealthCheck),
        ),
    )
    verdict = cloud.simulator.verdict()
    assert verdict["duplicated"] == verdict["foreign_touched"] == verdict["broken"] == []
    figure(f"{sum(steps.values())} steps {steps}; 0 lost, 0 duplicated, 0 foreign touched")


class Estate(RuleBasedStateMachine):
    """An estate of up to three tenants; `model` holds what its documents say: instances, or None for one that is retired."""

    def __init__(self):
        super().__init__()
        self.model = {}
        self.there = set()

    @initialize()
    def one_tenant(self):
        self.write("a", 10)

    @rule(tenant=TENANTS, instances=st.integers(5, 15))
    def write(self, tenant, instances):
        self._note("written")
        self._put(tenant, instances)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def retire(self, data):
        self._note("retired")
        self._put(data.draw(st.sampled_from(sorted(self.model))), None)

    @precondition(lambda self: any(self.model.values()))
    @rule(data=st.data(), what=DRIFTS)
    def meddle(self, data, what):
        if not self.there:
            self.applied()
        self._note("meddled with")
        _drift(self.ground.simulator, data.draw(st.sampled_from(sorted(self.there))), what)

    @rule(boundary=st.integers(1, 120))
    def killed(self, boundary):
        self._note("killed")
        run = self.ground.apply(kill_at=boundary, window=QUICK, expect=None)
        assert run.code in {-9, 0}, run.err
        self.there.clear()

    @rule(seed=st.integers(0, 99))
    def faulty(self, seed):
        self._note("faulty")
        self.ground.simulator.control(faults=TENTH, seed=seed)
        run = self.ground.apply(window=QUICK, expect=None)
        self.ground.quiet()
        assert run.code in {0, 1, 5}, run.err
        self.there.clear()

    @rule()
    def applied(self):
        self._note("applied")
        self.ground.apply(window=QUICK)
        self.ground.run("plan")
        holdings = self.ground.simulator.holdings()
        for tenant, instances in self.model.items():
            key = self._key(tenant)
            assert alike(holdings.get(key, []), key, self.ground.name) == self._wanted(instances)
        self.there = {self._key(tenant) for tenant, instances in self.model.items() if instances is not None}

    def teardown(self):
        if self.model:
            self.applied()

    def _put(self, tenant, instances):
        self.model[tenant] = instances
        more = RETIRED if instances is None else f"quotas: {{compute: {{instances: {instances}}}}}\n"
        self.ground.tenant(self._key(tenant), more=more)

    def _key(self, tenant):
        return f"zz{self.ground.name[3:]}-{tenant}"

    def _wanted(self, instances):
        lines = [] if instances is None else self.ground.reference["startup"]
        return [line.replace("('instances', 10)", f"('instances', {instances})") for line in lines]

    def _note(self, what):
        self.steps[what] = self.steps.get(what, 0) + 1


def _drift(simulator, key, what):
    """Do something behind our back to what a tenant has; to what somebody took away already, nothing."""
    projects = simulator.call("identity", "GET", f"/v3/projects?name={key}").json()["projects"]
    project = projects[0]["id"]

    def one(collection, name):
        found = simulator.call(
            "network", "GET", f"/v2.0/{collection}?project_id={project}&name={name}"
        ).json()
        return next((each["id"] for each in next(iter(found.values()))), None)

    web = one("security-groups", "web")
    network = one("networks", "backend")
    if (web, network)[what == "renamed"] is None:
        return
    if what == "renamed":
        answer = simulator.call("network", "PUT", f"/v2.0/networks/{network}", {"network": {"name": "moved"}})
    elif what == "emptied":
        answer = simulator.call("network", "DELETE", f"/v2.0/security-groups/{web}")
    elif what == "opened":
        rule = {
            "direction": "ingress",
            "ethertype": "IPv4",
            "protocol": "tcp",
            "port_range_min": 22,
            "port_range_max": 22,
        }
        rule["security_group_id"] = web
        answer = simulator.call(
            "network", "POST", "/v2.0/security-group-rules", {"security_group_rule": rule}
        )
    else:
        answer = simulator.call(
            "compute", "PUT", f"/v2.1/os-quota-sets/{project}", {"quota_set": {"instances": 99}}
        )
    assert answer.ok or answer.status_code == 409, answer.text  # 409: the hole is open already
