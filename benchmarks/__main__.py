"""``python -m benchmarks [host] [lab]``: measure, and write docs/benchmarks.md."""

import sys

from benchmarks import host, ladder
from benchmarks.figures import circumstances, replace_section, table


def main(words: list[str]) -> int:
    """Without a word: both. Returns the exit code."""
    wanted = words or ["host", "lab"]
    unknown = set(wanted) - {"host", "lab"}
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; allowed are host and lab", file=sys.stderr)
        return 2
    if "host" in wanted:
        figures = table([*host.measure(), *ladder.measure()])
        replace_section("On the host", f"{circumstances()}\n\n{figures}")
        print(figures)
    if "lab" in wanted:
        from benchmarks import lab

        body = lab.measure()
        replace_section("In the radio lab", body)
        print(body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
