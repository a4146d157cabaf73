"""Each verb stands on one page, and a page is read only when it is asked for."""

import subprocess
import sys

import pytest

from provision import workflow


def test_what_is_offered_is_what_the_pages_have():
    assert sorted(workflow.__all__) == sorted(name for names in workflow.PAGES.values() for name in names)
    assert all(getattr(workflow, name) is not None for name in workflow.__all__)


def test_what_no_page_has_is_told():
    with pytest.raises(AttributeError, match="'undo'"):
        workflow.undo  # noqa: B018 (asking is the point)


def test_whoever_applies_does_not_wait_for_the_auditor():
    code = (
        "import sys; from provision import workflow; workflow.apply;"
        "print(sorted({'audit', 'proof', 'publish', 'keyring'} & {n.split('.')[1] for n in sys.modules if n.startswith('provision.')}))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"  # fmt: skip
