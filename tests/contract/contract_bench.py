"""One tenant of one test on the real services: bring something, plan it, lose its answer, clean up after it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contract_cases import fill
from urllib3.exceptions import ReadTimeoutError

from provision.apply.perform import Performer
from provision.errors import ProvisionError
from provision.kind import Kind, kinds
from provision.model.outcome import Status
from provision.model.plan import Action
from provision.plan.decide import Options
from provision.plan.make import make

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_cases import Cases

    from provision.cloud.answer import Answer
    from provision.cloud.api import Api
    from provision.cloud.connect import Cloud
    from provision.model.address import Address
    from provision.model.plan import Plan
    from provision.model.resource import Desired, Live

WINDOW = 2.0
NOTHING_ALLOWED = Options()
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass
class Bench:
    cloud: Cloud
    cases: Cases
    key: str
    undo: list[tuple[Api, str]] = field(default_factory=list)
    made: dict[Address, Desired[Any]] = field(default_factory=dict)

    @property
    def kind(self) -> Kind[Any]:
        return kinds()[self.cases.kind]

    @property
    def stays(self) -> bool:
        return bool(self.cases.get("stays", self.kind.stays))

    @property
    def address(self) -> Address:
        return self.cases.address(self.key)

    def desired(self, fragment: Mapping[str, Any]) -> dict[Address, Desired[Any]]:
        tenant = self.cases.tenant(self.key, fragment)
        return {want.address: want for kind in kinds().values() for want in kind.desire(tenant)}

    def wanted(self, fragment: Mapping[str, Any]) -> Desired[Any]:
        """Return the resource under test as a fragment asks for it, once everything it needs is there."""
        desired = self.desired(fragment)
        assert self.address in desired, f"{fragment} does not ask for {self.address}"
        self._provide(desired, self.address)
        return self.kind.resolve(self.cloud, desired[self.address])

    def _provide(self, desired: Mapping[Address, Desired[Any]], address: Address) -> None:
        for need in sorted(desired[address].needs):
            if need not in self.made:
                self._provide(desired, need)
                want = kinds()[need.kind].resolve(self.cloud, desired[need])
                self.made[need] = want
                self.apply(self.plan(want))

    def plan(self, want: Desired[Any], options: Options = NOTHING_ALLOWED) -> Plan:
        live = self.look(want.address)
        return make(kinds(), [want], live, cloud=self.cloud.name, tenants=[self.key], options=options)

    def apply(self, plan: Plan) -> None:
        performer = Performer(
            self.cloud, kinds(), {change.address: change for change in plan.pending}, window=WINDOW
        )
        for step in plan.steps:
            outcome = performer(step)
            if outcome.error is not None:
                raise outcome.error
            assert outcome.status is Status.DONE

    def bring(self, fragment: Mapping[str, Any]) -> tuple[Plan, Desired[Any]]:
        """Make the resource under test as a fragment asks for it; return the plan that did."""
        want = self.wanted(fragment)
        self.made[self.address] = want
        plan = self.plan(want)
        self.apply(plan)
        return plan, want

    def look(self, address: Address | None = None) -> tuple[Live[Any], ...]:
        """Return what one look finds at an address, remembered as `survey` would."""
        wanted = address or self.address
        return self._remembered(kinds()[wanted.kind].look(self.cloud, wanted))

    def observe(self) -> tuple[Live[Any], ...]:
        """Return what observing the whole tenant finds at the address under test."""
        found = self._remembered(tuple(self.kind.observe(self.cloud, frozenset({self.key}))))
        return tuple(live for live in found if live.address == self.address)

    def _remembered(self, found: tuple[Live[Any], ...]) -> tuple[Live[Any], ...]:
        for live in sorted(found, key=lambda each: (each.created_at, each.id)):
            self.cloud.ids.record_live(live)
        return found

    def ours(self) -> Live[Any]:
        """Return the one thing of ours at the address under test."""
        (live,) = [each for each in self.look() if each.owned]
        return live

    def writes(self) -> int:
        """Return how many requests have written so far."""
        return sum(times for (url, method), times in self.cloud.wire.sent().items() if _writes(method, url))

    def call(self, call: Mapping[str, Any]) -> None:
        """Make one API call of a cases file, and remember how to undo it."""
        needed = {f"{need.kind}/{need.name}": self.cloud.ids.find(need) or "" for need in self.made}
        filled = fill(call, {"tenant": self.key, "project": self.cloud.ids.project(self.key) or "", **needed})
        api = (
            self.cloud.account(filled["account"])
            if "account" in filled
            else self.cloud.api(filled["service"])
        )
        answer = api.send(
            filled.get("method", "POST"),
            filled["path"],
            body=filled.get("body"),
            headers=filled.get("headers"),
        )
        self.undo.append((api, filled["undo"].replace("{id}", _id(answer))))

    def adopt(self, want: Desired[Any]) -> Plan:
        """Take over what stands at the address under test: from then on it goes as ours do."""
        plan = self.plan(want, Options(adopt=frozenset({self.address})))
        self.apply(plan)
        self.undo.clear()
        self.made[self.address] = want
        return plan

    def clean(self) -> None:
        """Remove everything this bench made: what was called for, then what was brought, what was made last first."""
        self.cloud.shared.release(self.address)
        for api, path in reversed(self.undo):
            api.delete(path)
        for address in reversed(self.made):
            self._remove(address)

    def _remove(self, address: Address) -> None:
        kind = kinds()[address.kind]
        for live in self.look(address):
            if live.owned:
                if address.kind == "project":
                    self._drop_default_group(live.id)
                kind.delete(self.cloud, live)
        self.cloud.ids.forget(address)

    def _drop_default_group(self, project: str) -> None:
        """Delete the group that Neutron made by itself, and would keep for ever."""
        for group in self.cloud.network.list("/security-groups", "security_groups", project_id=project):
            self.cloud.network.delete(f"/security-groups/{group['id']}")

    @contextmanager
    def losing(self, number: int, monkeypatch):
        """Do the `number`th write inside this block, and lose its answer on the way back."""
        exchange, count = self.cloud.wire.exchange, iter(range(1, 1000))

        def lossy(road, method, url, *args, **more):
            answer = exchange(road, method, url, *args, **more)
            if _writes(method, url) and next(count) == number:
                raise ReadTimeoutError(road.pool, url, "lost on purpose")
            return answer

        with monkeypatch.context() as patch:
            patch.setattr(self.cloud.wire, "exchange", lossy)
            yield


def _id(answer: Answer) -> str:
    body = answer.json() if answer.content else {}
    within = (each for each in body.values() if isinstance(each, dict))
    return next((str(each["id"]) for each in (body, *within) if "id" in each), "")


def _writes(method: str, url: str) -> bool:
    return method in WRITES and not url.endswith("/auth/tokens")


def actions(plan: Plan, address: Address) -> list[Action]:
    return [change.action for change in plan.changes if change.address == address]


def fields(plan: Plan, address: Address) -> set[str]:
    return {each.field for change in plan.changes if change.address == address for each in change.fields}


def refuses(call: Any, error: type[ProvisionError]) -> ProvisionError:
    try:
        call()
    except error as refused:
        return refused
    raise AssertionError(f"{error.__name__} was expected")
