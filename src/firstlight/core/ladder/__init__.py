"""The diagnostic ladder: what was seen, judged rung by rung.

Each rung is first judged by itself. A rung that does not hold merely because one below it is broken
is skipped then, and says which one: what stays ``FAILED`` is broken in its own right, and the first
of these is the verdict. A rung that holds is told as ``OK`` wherever it stands.

A sign-in page in front of the internet breaks ``NO_PORTAL`` and leaves ``INTERNET`` skipped: what
lies behind the page can't be seen.
"""

from firstlight.core.ladder.seen import Seen
from firstlight.core.ladder.verdict import diagnostics, nmcli_state

__all__ = ["Seen", "diagnostics", "nmcli_state"]
