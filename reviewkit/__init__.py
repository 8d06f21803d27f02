"""reviewkit: rerun, screen, keep up to date and draw a systematic review."""

__version__ = "0.1.0"
