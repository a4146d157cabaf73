"""Backups of cinder that keep no bytes, as its volumes keep none: the records, the states and the copies of keys are cinder's own."""

from __future__ import annotations

from typing import Any

from cinder import objects
from cinder.backup import driver, manager


class NoBytesBackup(driver.BackupDriver):  # type: ignore[misc]  # cinder has no types
    """Where backups go: nowhere."""

    def check_for_setup_error(self) -> None:
        """Find no error."""

    def backup(self, backup: Any, volume_file: Any, backup_metadata: bool = False) -> None:  # noqa: ANN401, FBT001, FBT002
        """Keep nothing."""

    def restore(self, backup: Any, volume_id: str, volume_file: Any, volume_is_new: bool) -> None:  # noqa: ANN401, FBT001
        """Bring nothing back."""

    def delete_backup(self, backup: Any) -> None:  # noqa: ANN401
        """Forget nothing."""


class NoBytesBackups(manager.BackupManager):  # type: ignore[misc]  # as above
    """Attaches no volume, for there is nothing in it to read; everything before and after is cinder's."""

    def continue_backup(self, context: Any, backup: Any, backup_device: Any) -> None:  # noqa: ANN401, ARG002
        """Finish what the volume manager made ready."""
        volume = objects.Volume.get_by_id(context, backup.volume_id)
        self._cleanup_temp_volumes_snapshots_when_backup_created(context, backup)
        self._finish_backup(context, backup, volume, {})
