"""``python -m benchmarks [host] [web] [registry] …``: measure, and write docs/benchmarks.md."""

import sys

from benchmarks import host, ladder
from benchmarks.figures import circumstances, replace_section, table

ALL = ["host", "web", "telemetry", "registry", "lab", "recovery", "provisioning", "claiming"]


def main(words: list[str]) -> int:
    """Without a word: all. Returns the exit code."""
    wanted = words or ALL
    unknown = set(wanted) - set(ALL)
    if unknown:
        said = ", ".join(sorted(unknown))
        print(f"unknown: {said}; allowed are {', '.join(ALL)}", file=sys.stderr)
        return 2
    if "host" in wanted:
        figures = table([*host.measure(), *ladder.measure()])
        replace_section("On the host", f"{circumstances()}\n\n{figures}")
        print(figures)
    if "web" in wanted:
        from benchmarks import web

        figures = table(web.measure())
        replace_section("Over HTTP", f"{circumstances()}\n\n{figures}")
        print(figures)
    if "telemetry" in wanted:
        from benchmarks import telemetry

        figures = table(telemetry.measure())
        replace_section("Telemetry", f"{circumstances()}\n\n{figures}")
        print(figures)
    if "registry" in wanted:
        from benchmarks import registry

        figures = table(registry.measure())
        replace_section("The registry", f"{circumstances()}\n\n{figures}")
        print(figures)
    if "lab" in wanted:
        from benchmarks import lab

        body = lab.measure(lab.pairs)
        replace_section("In the radio lab", body)
        print(body)
    if "recovery" in wanted:
        from benchmarks import lab, recovery

        body = lab.measure(recovery.measure)
        replace_section("Coming back, in the radio lab", body)
        print(body)
    if "provisioning" in wanted:
        from benchmarks import lab, provisioning

        body = lab.measure(provisioning.measure)
        replace_section("Provisioning Mode, in the radio lab", body)
        print(body)
    if "claiming" in wanted:
        from benchmarks import claiming, lab

        body = lab.measure(claiming.measure)
        replace_section("Claiming, in the radio lab", body)
        print(body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
