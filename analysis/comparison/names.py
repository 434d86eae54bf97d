"""What plans are called where there is little room: short, and never two of them alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LONGEST = 60
"""Characters of a plan's name in tables and sentences; in full it stands in Appendix A of the report."""
CUT = " … "


def what_differs(cells: Sequence[str]) -> dict[str, str]:
    """Return for each cell the parts of its name that not every cell has; all of them where nothing is left."""
    parts = {cell: cell.split(",") for cell in cells}
    shared = set.intersection(*map(set, parts.values()))
    own = {cell: [part for part in mine if part not in shared] for cell, mine in parts.items()}
    return {cell: ",".join(own[cell] or mine) for cell, mine in parts.items()}


def cut_names(names: Mapping[str, str], longest: int = LONGEST) -> dict[str, str]:
    """Return names of at most so many characters; what is too long loses its middle, and twins are numbered."""
    cut = {key: cut_in_the_middle(name, longest) for key, name in names.items()}
    if len(set(cut.values())) == len(cut):
        return cut
    return {
        key: f"{number}. {cut_in_the_middle(name, longest - len(f'{number}. '))}"
        for number, (key, name) in enumerate(names.items(), start=1)
    }


def cut_in_the_middle(text: str, longest: int) -> str:
    """Return a text of at most so many characters: its beginning and its end, where it is longer."""
    if len(text) <= longest:
        return text
    left = (longest - len(CUT)) // 2
    right = longest - len(CUT) - left
    return f"{text[:left].rstrip()}{CUT}{text[-right:].lstrip()}"
