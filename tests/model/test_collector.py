"""The collector of garbage is paused, and goes on as before."""

import gc

import pytest

from reviewkit.model.collector import paused_collector


def test_the_collector_goes_on_after_an_error() -> None:
    with pytest.raises(ValueError, match="paused: True"), paused_collector():
        raise ValueError(f"paused: {not gc.isenabled()}")
    assert gc.isenabled()


def test_who_had_paused_it_already_finds_it_paused() -> None:
    gc.disable()
    try:
        with paused_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
