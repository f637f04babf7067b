"""The command line. Importing it loads nothing: what a command needs comes when it runs."""

import sys


def main() -> None:
    """Run ``firstlight`` with this process's arguments.

    Raises ``SystemExit`` with one of ``ExitCode``; returning is as good as 0.
    """
    if sys.argv[1:] == ["--version"]:
        from firstlight import __version__

        sys.stdout.write(f"firstlight {__version__}\n")
        return
    from firstlight.cli.app import run

    run()
