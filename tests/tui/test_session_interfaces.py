"""Full screen, plain lines and script are interfaces of one session and inherit the same tests."""

from tests.helpers.session_interfaces import FullScreen, Plain, Script


class TestFullScreen(FullScreen):
    pass


class TestPlain(Plain):
    pass


class TestScript(Script):
    pass
