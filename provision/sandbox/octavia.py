"""octavia: its API over the no-op provider; what is asked for is settled as soon as the answer has gone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from provision.sandbox.ini import credentials, quiet, render, token_check
from provision.sandbox.recipe import Recipe
from provision.sandbox.site import HOST, REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from provision.sandbox.site import Site

PROVIDER = "noop_driver"
_WRITES = frozenset({"POST", "PUT", "DELETE"})


def configure(site: Site) -> Mapping[str, str]:
    """Return octavia's configuration; certificates are taken on trust, and nothing is balanced."""
    text = render(
        {
            "DEFAULT": {"transport_url": "fake://", "host": HOST},
            "api_settings": {
                "auth_strategy": "keystone",
                "api_base_uri": site.url("octavia"),
                "enabled_provider_drivers": f"{PROVIDER}:balances nothing",
                "default_provider_driver": PROVIDER,
                "allow_tls_terminated_listeners": True,
            },
            "database": {"connection": site.database("octavia"), "sqlite_synchronous": False},
            "certificates": {"cert_manager": "noop_cert_manager"},
            "keystone_authtoken": token_check(site, "octavia", "load-balancer"),
            "service_auth": credentials(site, "octavia"),
            "neutron": {**credentials(site, "octavia"), "valid_interfaces": "public", "region_name": REGION},
            "oslo_concurrency": {"lock_path": site.path("octavia", "locks")},
            **quiet(),
        }
    )
    return {"octavia/octavia.conf": text}


def _arguments(site: Site) -> list[str]:
    return ["octavia-api", "--config-file", str(site.path("octavia", "octavia.conf"))]


def schema(site: Site) -> None:
    """Make the tables from the models (the migrations do not run on SQLite), and the words that they refer to."""
    from octavia.common import constants, service  # noqa: PLC0415
    from octavia.db import api, base_models, models  # noqa: PLC0415

    service.prepare_service(_arguments(site))
    base_models.BASE.metadata.create_all(api.get_engine())
    words = {
        models.ProvisioningStatus: constants.SUPPORTED_PROVISIONING_STATUSES,
        models.HealthMonitorType: constants.SUPPORTED_HEALTH_MONITOR_TYPES,
        models.Algorithm: constants.SUPPORTED_LB_ALGORITHMS,
        models.Protocol: constants.SUPPORTED_PROTOCOLS,
        models.OperatingStatus: constants.SUPPORTED_OPERATING_STATUSES,
        models.SessionPersistenceType: constants.SUPPORTED_SP_TYPES,
        models.LBTopology: constants.SUPPORTED_LB_TOPOLOGIES,
        models.L7RuleType: constants.SUPPORTED_L7RULE_TYPES,
        models.L7RuleCompareType: constants.SUPPORTED_L7RULE_COMPARE_TYPES,
        models.L7PolicyAction: constants.SUPPORTED_L7POLICY_ACTIONS,
        models.ClientAuthenticationMode: constants.SUPPORTED_CLIENT_AUTH_MODES,
    }
    session = api.get_session()
    with session.begin():
        session.add_all(table(name=word) for table, said in words.items() for word in said)


def serve(site: Site) -> Any:  # noqa: ANN401 - a WSGI application
    """Return octavia's application, which settles what is pending after each write."""
    sys.argv = _arguments(site)
    from octavia.api import app  # noqa: PLC0415

    application = app.setup_app(argv=sys.argv)

    def settling(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = list(application(environ, start_response))
        if environ["REQUEST_METHOD"] in _WRITES:
            settle()
        return answer

    return settling


def settle() -> None:
    """Report on everything that waits for its provider, as the driver agent of a provider does: it is done.

    What stands on a load balancer that goes, goes with it.
    """
    from octavia.api.drivers.driver_agent.driver_updater import DriverUpdater  # noqa: PLC0415
    from octavia.db import api, models  # noqa: PLC0415

    tables = {
        "l7rules": models.L7Rule,
        "l7policies": models.L7Policy,
        "members": models.Member,
        "healthmonitors": models.HealthMonitor,
        "pools": models.Pool,
        "listeners": models.Listener,
        "loadbalancers": models.LoadBalancer,
    }
    session = api.get_session()
    with session.begin():
        pending = {
            name: session.query(table).filter(table.provisioning_status.like("PENDING_%")).all()
            for name, table in tables.items()
        }
        going = [row for row in pending["loadbalancers"] if row.provisioning_status == "PENDING_DELETE"]
        pending["listeners"] += [each for row in going for each in row.listeners]
        pending["pools"] += [each for row in going for each in row.pools]
        gone = {row.id for row in going}
        done = {name: [_done(row, gone) for row in rows] for name, rows in pending.items() if rows}
    if done:
        DriverUpdater().update_loadbalancer_status(done)


def _done(row: Any, gone: Collection[str]) -> dict[str, str]:  # noqa: ANN401 - octavia has no types
    if row.provisioning_status == "PENDING_DELETE" or getattr(row, "load_balancer_id", None) in gone:
        return {"id": row.id, "provisioning_status": "DELETED"}
    return {"id": row.id, "provisioning_status": "ACTIVE", "operating_status": "ONLINE"}


RECIPE = Recipe(
    name="octavia",
    catalogue="load-balancer",
    suffix="",
    probe="/v2/lbaas/quotas?limit=1",
    configure=configure,
    schema=schema,
    serve=serve,
    packages=("octavia",),
    databases=("octavia",),
    folders=("octavia/locks",),
)
