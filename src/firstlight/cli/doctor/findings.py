"""What a check has to say."""

from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """How bad it is, in rising order."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One check's outcome: a sentence, and what to do about it unless it is ``ok``."""

    check: str
    verdict: Verdict
    sentence: str
    advice: str = ""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """All findings; ``verdict`` is the worst of them."""

    verdict: Verdict
    findings: tuple[Finding, ...]


def ok(check: str, sentence: str) -> Finding:
    """Nothing to do."""
    return Finding(check=check, verdict=Verdict.OK, sentence=sentence)


def warning(check: str, sentence: str, advice: str) -> Finding:
    """It may work, or not all of it will."""
    return Finding(check=check, verdict=Verdict.WARNING, sentence=sentence, advice=advice)


def problem(check: str, sentence: str, advice: str) -> Finding:
    """It can't work like this."""
    return Finding(check=check, verdict=Verdict.PROBLEM, sentence=sentence, advice=advice)
