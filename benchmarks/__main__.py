"""``python -m benchmarks [host] [web] [registry] …``: measure, and write docs/benchmarks.md."""

import compileall
import sys
from collections.abc import Callable, Sequence

from benchmarks import goals
from benchmarks.figures import PAGE, Figure, circumstances, replace_section, table


def _host() -> str:
    from benchmarks import host, ladder

    return _here([*host.measure(), *ladder.measure()])


def _web() -> str:
    from benchmarks import web

    return _here(web.measure())


def _telemetry() -> str:
    from benchmarks import telemetry

    return _here(telemetry.measure())


def _registry() -> str:
    from benchmarks import registry

    return _here(registry.measure())


def _simulated() -> str:
    from benchmarks import simulated

    return _here(simulated.measure())


def _lab() -> str:
    from benchmarks import lab

    return lab.measure(lab.pairs)


def _recovery() -> str:
    from benchmarks import lab, recovery

    return lab.measure(recovery.measure)


def _provisioning() -> str:
    from benchmarks import lab, provisioning

    return lab.measure(provisioning.measure)


def _claiming() -> str:
    from benchmarks import claiming, lab

    return lab.measure(claiming.measure)


def _peers() -> str:
    from benchmarks import lab, peers

    if missing := peers.unavailable():
        return f"Not measured: {missing}"
    return f"Beside {peers.versions()}. {lab.measure(peers.measure)}"


_SOURCE = "src/firstlight"

# Each is imported when it is wanted: a benchmark may need what another machine lacks.
SECTIONS: dict[str, tuple[str, Callable[[], str]]] = {
    "host": ("On the host", _host),
    "web": ("Over HTTP", _web),
    "telemetry": ("Telemetry", _telemetry),
    "registry": ("The registry", _registry),
    "simulated": ("Simulated time", _simulated),
    "lab": ("In the radio lab", _lab),
    "recovery": ("Coming back, in the radio lab", _recovery),
    "provisioning": ("Provisioning Mode, in the radio lab", _provisioning),
    "claiming": ("Claiming, in the radio lab", _claiming),
    "peers": ("Beside other software", _peers),
}


def main(words: list[str]) -> int:
    """Without a word: all. Returns the exit code."""
    unknown = set(words) - SECTIONS.keys()
    if unknown:
        said = ", ".join(sorted(unknown))
        print(f"unknown: {said}; allowed are {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    # As an installed one is, whatever the environment says of writing it.
    compileall.compile_dir(_SOURCE, quiet=1)
    for name, (heading, measure) in SECTIONS.items():
        if name in words or not words:
            body = measure()
            replace_section(heading, body)
            print(body, flush=True)
    replace_section(goals.HEADING, goals.table(PAGE.read_text(encoding="utf-8")))
    return 0


def _here(figures: Sequence[Figure]) -> str:
    return f"{circumstances()}\n\n{table(figures)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
