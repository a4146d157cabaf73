import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.errors import UsageError
from provision.model.rollout import Budget, Rollout

SIZES = st.integers(0, 60)


@given(SIZES, SIZES, st.integers(1, 20))
def test_waves_are_all_tenants_in_order_the_canaries_apart(tenants, canary, wave):
    everybody = list(range(tenants))
    groups = list(Rollout(canary=canary, wave=wave).waves(everybody))
    assert [each for group in groups for each in group] == everybody
    if canary:
        assert list(groups[0]) == everybody[:canary]
    assert all(len(group) <= wave for group in groups[bool(canary) :])


@pytest.mark.parametrize(
    ("written", "failed", "tenants", "exceeded"),
    [("0", 0, 10, False), ("0", 1, 10, True), ("5", 5, 10, False), ("5", 6, 10, True),
     ("5%", 5, 100, False), ("5 %", 6, 100, True), ("0%", 1, 10_000, True), ("100%", 10, 10, False)],
)  # fmt: skip
def test_a_budget_is_a_number_or_a_share(written, failed, tenants, exceeded):
    budget = Budget.parse(written)
    assert budget.exceeded(failed, tenants) is exceeded
    assert Budget.parse(str(budget)) == budget


@pytest.mark.parametrize("written", ["", "-1", "few", "101%", "5.5", "%"])
def test_what_is_no_budget_is_refused(written):
    with pytest.raises(UsageError) as refused:
        Budget.parse(written)
    assert refused.value.exit_code == 4
