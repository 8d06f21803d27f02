"""Connections that take a request's turn when they are open, right before it leaves.

A new connection needs a few journeys of its own. A turn taken before them would let the request
arrive late, beside the next one: more in that second than the service allows.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

_MOST_IN_FLIGHT = 16
_TAKE_TURN: ContextVar[Callable[[], None] | None] = ContextVar("take_turn", default=None)


@contextmanager
def in_turn(take: Callable[[], None]) -> Iterator[None]:
    """`take` is called before each request that this thread sends meanwhile."""
    token = _TAKE_TURN.set(take)
    try:
        yield
    finally:
        _TAKE_TURN.reset(token)


class _Open(HTTPConnection):
    def request(self, *args: Any, **named: Any) -> None:
        if self.is_closed:
            self.connect()
        take = _TAKE_TURN.get()
        if take:
            take()
        super().request(*args, **named)


class _OpenSecure(_Open, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Open


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _OpenSecure


class PacedAdapter(HTTPAdapter):
    """The adapter of a session whose requests leave in their turn, with or without a proxy."""

    def __init__(self) -> None:
        super().__init__(pool_maxsize=_MOST_IN_FLIGHT)

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, **named)
        _use_pools(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **named: Any) -> PoolManager:
        manager: PoolManager = super().proxy_manager_for(*args, **named)
        _use_pools(manager)
        return manager


def _use_pools(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
