"""Text in the cells of a spreadsheet.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula, so a name from
the air or a password could make it fetch a page (OWASP, "CSV Injection"). Such a cell goes out with
an apostrophe in front, and the apostrophe is taken off on the way in. So that every text comes back
as it was, a text that itself looks like one with that apostrophe gets another.

An empty cell is a field that was not given. Text that was given and is empty stands as ``""``.
"""

EMPTY = '""'

_STARTS_FORMULA = frozenset('=+-@\t\r\n"')
_MARK = "'"


def to_cell(text: str | None) -> str:
    """``None``: not given."""
    if text is None:
        return ""
    if not text:
        return EMPTY
    return f"{_MARK}{text}" if _needs_mark(text) else text


def from_cell(cell: str) -> str | None:
    """What ``to_cell`` was given. ``None``: not given."""
    if not cell:
        return None
    if cell == EMPTY:
        return ""
    marked = cell.startswith(_MARK) and _needs_mark(cell[1:])
    return cell[1:] if marked else cell


def _needs_mark(text: str) -> bool:
    """Whether it starts a formula, or would lose an apostrophe on the way back in."""
    bare = text.lstrip(_MARK)
    return bool(bare) and bare[0] in _STARTS_FORMULA
