"""The door: `reviewkit` and `python -m reviewkit` come in here, before anything that takes time is
imported.
"""

import sys


def main() -> None:
    """Run the command line. Ctrl-C while it is still being imported ends as it does later, without
    a traceback.
    """
    try:
        from reviewkit.cli import main as run  # noqa: PLC0415  takes 70 ms

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Aborted.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
