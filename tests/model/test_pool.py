"""Which pools IPv6 may come from."""

from __future__ import annotations

import pytest
from written import written

from provision.model.pool import approved

OTHERS = [{"id": "o1", "name": "tenants-v6"}, {"id": "o2", "name": "elsewhere"}]


@pytest.mark.parametrize(
    ("said", "good"),
    [(None, {"t1", "t2", "o1", "o2"}), ("estate", {"o1"}), ("routed", {"t1"}), ("tenants-v6", {"t2"})],
)
def test_a_pool_is_approved_by_whose_it_is_and_not_by_what_people_call_it(said, good):
    tenant = written("acme", {"network": {"ipv6_pool": said}} if said else {})
    assert set(approved(tenant, OTHERS, {"t1": "routed", "t2": "tenants-v6"})) == good
