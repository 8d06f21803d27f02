"""The full screen, the plain lines and a script are one session with another face: they inherit the same tests."""

from tests.helpers.session_interfaces import FullScreen, Plain, Script


class TestFullScreen(FullScreen):
    pass


class TestPlain(Plain):
    pass


class TestScript(Script):
    pass
