"""The command line. Importing it loads nothing: what a command needs comes when it runs."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run ``firstlight`` with this process's arguments, and exit with one of ``ExitCode``."""
    if sys.argv[1:] == ["--version"]:
        from firstlight import __version__

        sys.stdout.write(f"firstlight {__version__}\n")
        sys.exit()
    from firstlight.cli.app import run

    run()
    sys.exit()
