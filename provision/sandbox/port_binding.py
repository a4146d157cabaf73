"""A mechanism driver for neutron that binds every port: there are no agents that could."""

from __future__ import annotations

from typing import Any

from neutron.services.logapi.common import sg_validate  # noqa: F401 (importing it makes Neutron check logs of groups)
from neutron.services.logapi.drivers import base as logs
from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.db import constants as db_constants
from neutron_lib.plugins.ml2 import api
from neutron_lib.services.logapi import constants as log_constants
from neutron_lib.services.qos import base as qos
from neutron_lib.services.qos import constants as qos_constants

_RATE = {"type:range": [0, db_constants.DB_INTEGER_MAX_VALUE]}
_RULES = {
    qos_constants.RULE_TYPE_BANDWIDTH_LIMIT: {
        qos_constants.MAX_KBPS: _RATE,
        qos_constants.MAX_BURST: _RATE,
        qos_constants.DIRECTION: {"type:values": constants.VALID_DIRECTIONS},
    },
    qos_constants.RULE_TYPE_DSCP_MARKING: {
        qos_constants.DSCP_MARK: {"type:values": constants.VALID_DSCP_MARKS},
    },
    qos_constants.RULE_TYPE_MINIMUM_BANDWIDTH: {
        qos_constants.MIN_KBPS: _RATE,
        qos_constants.DIRECTION: {"type:values": constants.VALID_DIRECTIONS},
    },
}


class BindEveryPort(api.MechanismDriver):  # type: ignore[misc]  # neutron has no types
    """Says yes to every port, to every rule of quality of service, and to logs of security groups (nothing is logged)."""

    def initialize(self) -> None:
        """Tell the plugins of quality of service and of logs what is supported."""
        self.qos = qos.DriverBase(
            name="provision_sandbox",
            vif_types=[portbindings.VIF_TYPE_OVS],
            vnic_types=[portbindings.VNIC_NORMAL],
            supported_rules=_RULES,
            requires_rpc_notifications=False,
        )
        self.logs = logs.DriverBase(
            name="provision_sandbox",
            vif_types=[portbindings.VIF_TYPE_OVS],
            vnic_types=[portbindings.VNIC_NORMAL],
            supported_logging_types=[log_constants.SECURITY_GROUP],
        )

    @property
    def connectivity(self) -> str:
        """Return the layer this driver would connect at."""
        return str(portbindings.CONNECTIVITY_L2)

    def bind_port(self, context: Any) -> None:  # noqa: ANN401 - neutron's PortContext
        """Bind the port to the first segment, and say it is up."""
        for segment in context.segments_to_bind:
            context.set_binding(
                segment[api.ID],
                portbindings.VIF_TYPE_OVS,
                {portbindings.CAP_PORT_FILTER: True},
                status=constants.PORT_STATUS_ACTIVE,
            )
            return
