"""Full screen, plain lines and script are interfaces of one session and inherit the same tests."""

import pytest

from tests.helpers.session_interfaces import FullScreen, Plain, Script


@pytest.mark.slow
class TestFullScreen(FullScreen):
    pass


class TestPlain(Plain):
    pass


class TestScript(Script):
    pass
