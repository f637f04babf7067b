"""The machine of ``provisioning.session``."""

from drawing.text import NOTE, chart, paragraph, table
from firstlight.provisioning.ends import WORDS
from firstlight.provisioning.nonces import MOST_BAD, SECONDS
from firstlight.provisioning.phases import TOLD_AS, TRANSITIONS, Phase


def page() -> str:
    arrows = (f"{before} --> {after}: {signal}" for (before, signal), after in TRANSITIONS.items())
    return "\n".join(
        [
            NOTE.format(source="provisioning/phases.py"),
            "",
            "# Provisioning Mode",
            "",
            *chart(Phase.OFF, arrows),
            "",
            paragraph(
                "A pair that has no arrow changes nothing. Whatever ends a session takes with it"
                f" all that it knew. A nonce is good once, for {SECONDS:.0f} seconds, for its"
                f" caller alone; {MOST_BAD} bad ones in a row are an end."
            ),
            "",
            *table(["Phase", "Told as"], *([f"`{one}`", f"`{TOLD_AS[one]}`"] for one in Phase)),
            "",
            *table(
                ["Why it ends", "In words", "What to do"],
                *([f"`{end}`", words, hint] for end, (words, hint) in WORDS.items()),
            ),
            "",
        ]
    )
