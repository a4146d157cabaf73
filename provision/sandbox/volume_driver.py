"""A volume back end for cinder that keeps no bytes: everything succeeds at once."""

from __future__ import annotations

from typing import Any

from cinder.volume import driver

_ROOM_GB = 1_000_000


class NoBytesDriver(driver.VolumeDriver):  # type: ignore[misc]  # cinder has no types
    """Says yes; the records, the quotas, the keys and the states are cinder's own."""

    VERSION = "1.0"
    CI_WIKI_NAME = "none"

    def do_setup(self, context: Any) -> None:  # noqa: ANN401
        """Set nothing up."""

    def check_for_setup_error(self) -> None:
        """Find no error."""

    def create_volume(self, volume: Any) -> None:  # noqa: ANN401
        """Make a volume."""

    def create_volume_from_snapshot(self, volume: Any, snapshot: Any) -> None:  # noqa: ANN401
        """Make a volume."""

    def create_cloned_volume(self, volume: Any, src_vref: Any) -> None:  # noqa: ANN401
        """Make a volume."""

    def delete_volume(self, volume: Any) -> None:  # noqa: ANN401
        """Delete a volume."""

    def extend_volume(self, volume: Any, new_size: int) -> None:  # noqa: ANN401
        """Grow a volume."""

    def create_snapshot(self, snapshot: Any) -> None:  # noqa: ANN401
        """Make a snapshot."""

    def delete_snapshot(self, snapshot: Any) -> None:  # noqa: ANN401
        """Delete a snapshot."""

    def revert_to_snapshot(self, context: Any, volume: Any, snapshot: Any) -> None:  # noqa: ANN401
        """Go back to a snapshot."""

    def copy_image_to_volume(
        self,
        context: Any,  # noqa: ANN401
        volume: Any,  # noqa: ANN401
        image_service: Any,  # noqa: ANN401
        image_id: str,
        disable_sparse: bool = False,  # noqa: FBT001, FBT002 - cinder's signature
    ) -> None:
        """Take an image in."""

    def ensure_export(self, context: Any, volume: Any) -> None:  # noqa: ANN401
        """Export a volume."""

    def create_export(self, context: Any, volume: Any, connector: Any) -> None:  # noqa: ANN401
        """Export a volume."""

    def remove_export(self, context: Any, volume: Any) -> None:  # noqa: ANN401
        """Stop exporting a volume."""

    def initialize_connection(self, volume: Any, connector: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002
        """Return how a hypervisor would reach the volume."""
        return {"driver_volume_type": "fake", "data": {"volume_id": volume.id, "access_mode": "rw"}}

    def terminate_connection(self, volume: Any, connector: Any, **_more: Any) -> None:  # noqa: ANN401
        """End a connection."""

    def get_volume_stats(self, refresh: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """Return what the scheduler wants to know."""
        del refresh
        return {
            "volume_backend_name": self.configuration.safe_get("volume_backend_name"),
            "vendor_name": "provision",
            "driver_version": self.VERSION,
            "storage_protocol": "fake",
            "total_capacity_gb": _ROOM_GB,
            "free_capacity_gb": _ROOM_GB,
            "reserved_percentage": 0,
            "thin_provisioning_support": True,
            "max_over_subscription_ratio": "20.0",
            "provisioned_capacity_gb": 0,
            "multiattach": True,
        }
