"""The table of cases: what was tried, how it ended, how long it took."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Case:
    """One case. The outcome is that of its worst phase."""

    name: str
    outcome: str = "passed"
    seconds: float = 0.0


@dataclass
class Results:
    """All cases of a run, in order; ``notes`` are lines above the table."""

    cases: dict[str, Case] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, outcome: str, seconds: float) -> None:
        """Take in a phase: set-up, the case itself, or tidying up."""
        case = self.cases.setdefault(name, Case(name))
        case.seconds += seconds
        if outcome != "passed" and case.outcome != "failed":
            case.outcome = outcome

    def table(self) -> str:
        """The table in Markdown."""
        width = max((len(case.name) for case in self.cases.values()), default=4)
        lines = [*self.notes, *([""] if self.notes else [])]
        lines.append(f"| {'Case':<{width}} | Outcome | Seconds |")
        lines.append(f"| {'-' * width} | ------- | ------: |")
        lines += [
            f"| {case.name:<{width}} | {case.outcome:<7} | {case.seconds:>7.1f} |"
            for case in self.cases.values()
        ]
        return "\n".join(lines) + "\n"

    def write(self, path: Path) -> None:
        """Write the table to a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.table())
