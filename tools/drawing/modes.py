"""The device's modes, from the table of ``core.mode``."""

from collections.abc import Iterator

from drawing.text import NOTE, chart, paragraph, table
from firstlight.core.mode import MEANINGS, TABLE, Turn
from firstlight.model.status import Mode


def page() -> str:
    return "\n".join(
        [
            NOTE.format(source="core/mode.py"),
            "",
            "# Modes of the device",
            "",
            *chart(Mode.PROVISIONING, _arrows()),
            "",
            paragraph(" ".join(_from_everywhere())),
            "",
            *table(
                ["Turn", "What happened", *(f"from `{mode}`" for mode in Mode)],
                *_rows(),
            ),
            "",
            "No: that can't be, and a person who wishes it is told so.",
            "",
        ]
    )


def _arrows() -> Iterator[str]:
    """One arrow for each change, with all turns that lead there; self-loops are left out."""
    for before in Mode:
        for after in Mode:
            turns = [
                turn
                for turn in Turn
                if TABLE[turn].get(before) is after and not _leads_from_everywhere(turn)
            ]
            if turns and after is not before:
                yield f"{before} --> {after}: {', '.join(turns)}"


def _leads_from_everywhere(turn: Turn) -> bool:
    return set(TABLE[turn]) == set(Mode) and len(set(TABLE[turn].values())) == 1


def _from_everywhere() -> Iterator[str]:
    for turn in Turn:
        if _leads_from_everywhere(turn):
            yield f"From every mode `{turn}` leads to `{TABLE[turn][Mode.PROVISIONING]}`."


def _rows() -> Iterator[list[str]]:
    for turn in Turn:
        after = TABLE[turn]
        yield [
            f"`{turn}`",
            MEANINGS[turn],
            *(f"`{after[mode]}`" if mode in after else "no" for mode in Mode),
        ]
