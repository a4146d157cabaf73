"""What is left of the SDK without its cloud layer finds the services where the SDK finds them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from keystoneauth1.adapter import Adapter

import provision
from provision import sandbox as control
from provision.cloud import sdk


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_no_service_of_the_sdks_is_read_in():
    read = run(
        "import sys, provision.cloud.connect;"
        "print(sorted({m.split('.')[1] for m in sys.modules if m.startswith('openstack.')} & {'compute', 'network', 'cloud', 'connection'}))"
    )
    assert read == "[]\n"


def test_the_sdk_comes_in_by_one_door():
    root = Path(provision.__file__).parent
    outside = [
        path
        for path in root.rglob("*.py")
        if "sandbox" not in path.parts and path != root / "cloud" / "sdk.py"
    ]
    assert [
        str(path)
        for path in outside
        if re.search(r"^(import|from) openstack\b", path.read_text(), re.MULTILINE)
    ] == []


def test_whoever_asks_for_the_cloud_layer_gets_it():
    assert run(
        "import provision.cloud.connect, openstack;"
        "print(openstack.connection.Connection.__module__, hasattr(openstack, 'nothing'), callable(openstack.connect));"
        "from openstack import connection; import openstack.connection as again; print(connection is again)"
    ) == "openstack.connection False True\nTrue\n"  # fmt: skip


def test_an_sdk_that_is_there_already_is_left_as_it_is():
    assert run(
        "import openstack; before = openstack.connection; import provision.cloud.connect;"
        "print(openstack.connection is before, hasattr(openstack, '__getattr__'))"
    ) == "True False\n"  # fmt: skip


def test_an_sdk_that_needs_its_layer_from_the_first_is_read_in_whole(tmp_path, monkeypatch):
    package = tmp_path / "needy"
    package.mkdir()
    (package / "__init__.py").write_text("import needy.connection\nneeded = needy.connection.needed\n")
    (package / "connection.py").write_text("needed = 3\nclass Connection: pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sdk, "PACKAGE", "needy")
    finders = list(sys.meta_path)
    try:
        sdk._read_in()
        assert sys.modules["needy"].needed == sys.modules["needy.connection"].needed == 3
        assert sys.meta_path == finders
    finally:
        for name in ("needy", "needy.connection"):
            sys.modules.pop(name, None)


@pytest.mark.sandbox
@pytest.mark.parametrize("service", sorted(sdk.SERVICES))
def test_a_service_is_where_the_sdk_finds_it(sandbox, monkeypatch, service):
    import openstack.connection  # noqa: PLC0415 (the layer that we do without)

    for name, value in control.environment(sandbox).items():
        monkeypatch.setenv(name, value)
    theirs = openstack.connection.Connection(config=sdk.OpenStackConfig().get_one())
    region = sdk.OpenStackConfig().get_one()
    ours = sdk.Connection("sandbox", region, region.get_session())
    try:
        whole, lean = getattr(theirs, service.replace("-", "_")), ours.adapter(service)
        if not isinstance(whole, Adapter):  # the SDK's word for a service that is not there
            assert not isinstance(lean, Adapter)
            return
        assert Adapter.get_endpoint(lean) == Adapter.get_endpoint(whole) is not None
        assert lean.default_microversion == whole.default_microversion
        assert Adapter.get_api_major_version(lean) == Adapter.get_api_major_version(whole)
    finally:
        ours.close()
        theirs.close()
