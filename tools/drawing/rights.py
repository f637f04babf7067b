"""docs/access.md: who may do what, from the one table."""

from firstlight.web.access import MAY, MEANINGS, RULES, SOFTAP_ONLY, Right, Standing
from firstlight.web.guards import GUARDS
from firstlight.web.rates import BUDGETS


def page() -> str:
    """The whole page."""
    lines = [
        "# Who may do what",
        "",
        "Made from `web/access.py` and `web/guards.py` by `make diagrams`. Why it is so:",
        "[decision 10](decisions/0010-who-may-do-what.md).",
        "",
        "## In what order",
        "",
        "Every request passes these, one after the other; the first that refuses, answers.",
        "",
        *(f"{n}. {_first_line(guard)}" for n, guard in enumerate(GUARDS, 1)),
        "",
        "## Who has which right",
        "",
        "| Who | " + " | ".join(right.value for right in Right) + " |",
        "| --- |" + " --- |" * len(Right),
        *(_row(standing) for standing in Standing),
        "",
        *(f"- **{right.value}**: {words}." for right, words in MEANINGS.items()),
        "",
        "`pairing.required_on_hotspot` makes everybody on the hotspot a stranger. Signed in is who",
        "sends the provisioning token, a paired bearer token, a session cookie, or a promoted",
        "`visual-token`; whoever may open the Unix socket needs none of them.",
        "",
        "## What asks for which",
        "",
        "| Method | Path | Right |",
        "| --- | --- | --- |",
        *(f"| {rule.methods} | `{rule.path}` | {rule.right.value} |" for rule in RULES),
        f"| any | everything else | {Right.MANAGE.value} |",
        "",
        "What is handed out inside the SoftAP of [Provisioning Mode](provisioning-mode.md) is",
        "refused here to everybody alike, before any guard: "
        + ", ".join(f"`{path}`" for path in sorted(SOFTAP_ONLY))
        + ".",
        "",
        "## How fast",
        "",
        "| What | At once | Each second after that |",
        "| --- | --- | --- |",
        *(f"| {kind} | {one.burst:g} | {one.each_second:g} |" for kind, one in BUDGETS.items()),
        "",
        "By address, by /64 for IPv6; this machine has no limit. More than that is 429 with",
        "`Retry-After`. Wrong codes are counted for the whole device besides.",
        "",
    ]
    return "\n".join(lines)


def _first_line(guard: object) -> str:
    return str(guard.__doc__).splitlines()[0]


def _row(standing: Standing) -> str:
    marks = " | ".join("yes" if right in MAY[standing] else "" for right in Right)
    return f"| {standing.value} | {marks} |"
