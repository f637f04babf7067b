"""The simulated part: device-years in pieces, each kept, so that a later run goes on from there.

They are kept beside the code, so that a run on another machine goes on, too.
"""

import ast
import hashlib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from benchmarks.figures import circumstances, replace_section
from firstlight.simulation.campaign import Report

PIECE = 100
"""Years, with as many seeds."""

HEADING = "Simulated device-years"
KEPT = Path("benchmarks/soak/lived.jsonl")
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_LOADED = """\
import sys
import firstlight.simulation.campaign
for name, module in sys.modules.items():
    if name.partition(".")[0] == "firstlight":
        print(module.__file__)
"""


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """What so many ``years`` from the report's seed on came to, on that state of the ``code``."""

    code: str
    years: int
    report: Report


def live(years: int) -> bool:
    """Whether every rule held. Ctrl-C leaves what was lived, for the next run of the same code.

    Stops at the piece in which a rule is broken, and tells how to see it again.
    """
    code = fingerprint(sources())
    kept = _kept(code)
    print(f"{years} simulated device-years; {len(kept)} pieces of them are in {KEPT}", flush=True)
    reports: list[Report] = []
    for seed in range(1, years + 1, PIECE):
        count = min(PIECE, years + 1 - seed)
        report = kept.get((seed, count)) or _lived(code, seed, count)
        reports.append(report)
        if report.violations:
            _accuse(report)
            return False
        print(f"{seed + count - 1} of {years} lived, every rule held", flush=True)
    body = f"{circumstances()}\n\n{told(reports)}"
    print(body, flush=True)
    replace_section(HEADING, body)
    return True


def sources() -> list[Path]:
    """The files that a simulated device consists of, the simulation's own with them.

    What it never loads, such as the adapters to the real radio and the pages, may change between
    one piece and the next.
    """
    loaded = subprocess.run([sys.executable, "-c", _LOADED], check=True, capture_output=True)
    return [Path(line) for line in loaded.stdout.decode().splitlines()]


def fingerprint(files: Iterable[Path]) -> str:
    """Another one for every other state of what these files do, and for another Python.

    Where they lie does not matter, nor what only people read in them: comments, docstrings, layout.
    """
    digest = hashlib.sha256()
    for module, content in sorted((_module(file), _done_by(file)) for file in files):
        digest.update(f"{module}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def _done_by(file: Path) -> bytes:
    tree = ast.parse(file.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return ast.dump(tree).encode()


def _module(file: Path) -> str:
    """The part of its path from the package on."""
    return file.as_posix().rpartition("/src/")[2]


def told(reports: Sequence[Report]) -> str:
    """What they came to together, in Markdown. A piece's percentiles can't be added up: the
    largest one of all is told.
    """
    totals = [report.totals for report in reports]
    events: Counter[str] = Counter()
    for one in totals:
        events.update(one.events)
    stretches = [one.unreachable.max for one in totals if one.unreachable is not None]
    hours = sum(one.seconds for one in totals) / 3600
    lived = (
        f"{sum(one.years for one in totals):,.0f} device-years from seed {reports[0].seed} on, "
        f"in {hours:.1f} hours of processor time. {sum(events.values()):,} things happened to "
        f"the devices, of {len(events)} kinds. Joins by Firstlight: "
        f"{sum(one.joins for one in totals):,}, at most "
        f"{max(one.joins_an_hour for one in totals)} an hour. Unreachable for at most "
        f"{max(stretches, default=0):.1f} s. Every rule held."
    )
    head = f"| Home after | Cases | p95, worst of {PIECE} years, s | Longest, s |"
    return "\n".join([lived, "", head, "| --- | ---: | ---: | ---: |", *_homecomings(reports)])


def _homecomings(reports: Sequence[Report]) -> Iterator[str]:
    causes = sorted({cause for report in reports for cause in report.totals.home})
    for cause in causes:
        spreads = [one.totals.home[cause] for one in reports if cause in one.totals.home]
        yield (
            f"| {cause} | {sum(one.count for one in spreads):,} "
            f"| {max(one.p95 for one in spreads):.1f} | {max(one.max for one in spreads):.1f} |"
        )


def simulated(seed: int, years: int) -> bytes:
    """The report of so many years from that seed on, as JSON. Raises ``RuntimeError``."""
    program = str(Path(sys.executable).with_name("firstlight"))
    words = ["simulate", "--years", str(years), "--seed", str(seed), "--json"]
    done = subprocess.run([program, *words], check=False, stdout=subprocess.PIPE)
    if not done.stdout:
        raise RuntimeError(f"`firstlight {' '.join(words)}` ended with {done.returncode}")
    return done.stdout


def _lived(code: str, seed: int, years: int) -> Report:
    report = msgspec.json.decode(simulated(seed, years), type=Report)
    piece = Piece(code=code, years=years, report=report)
    with KEPT.open("ab") as file:
        file.write(msgspec.json.encode(piece) + b"\n")
    return report


def _kept(code: str) -> dict[tuple[int, int], Report]:
    """By seed and years. What was lived on another state of the code is thrown away."""
    lines = KEPT.read_bytes().splitlines(keepends=True) if KEPT.exists() else []
    ours: dict[tuple[int, int], Report] = {}
    text = b""
    for line in lines:
        try:
            piece = msgspec.json.decode(line, type=Piece)
        except msgspec.MsgspecError:  # cut off, or of another version
            continue
        if piece.code == code:
            ours[piece.report.seed, piece.years] = piece.report
            text += line
    if text != b"".join(lines):
        new = KEPT.with_suffix(".new")
        new.write_bytes(text)
        new.replace(KEPT)
    return ours


def _accuse(report: Report) -> None:
    for one in report.violations:
        print(f"broken: {one.rule}, seed {one.seed}, day {one.day:.1f}: {one.what}", flush=True)
        print(f"see it again: {one.replay}", flush=True)
