"""What people read holds no word of docs/plain_words.csv; names in the code, and code in pages, are no sentences."""

from pathlib import Path

import pytest
from plain_words import LIST, banned, faults, found

pytestmark = pytest.mark.unit


def test_nothing_that_people_read_holds_a_word_to_avoid() -> None:
    assert faults() == []


PLACES = {
    "docs/page.md": "# A page\n\nRead it\nanew.\n",
    "README.md": "Surely.\n",
    "analysis/a.py": 'def a(b: str) -> str:\n    return f"{b}: got {b}; write it anew"\n',
    "sim/a.py": 'TEXT = (\n    "the file has one "\n    "row a month")\n',
    "analysis/templates/a.html.j2": "<p>{{ anew }}\n  All the\n  same</p>\n",
    "resilience_hub/a.py": 'def a() -> None:\n    """Set it anew."""\n',
    "conf/a.yaml": "a: 1\nb: 2 # drawn anew\n",
    "scenarios/a.yaml": "purpose: Surely more.\n",
}
LINES = {
    "docs/page.md": 4, "README.md": 1, "analysis/a.py": 2, "sim/a.py": 2, "analysis/templates/a.html.j2": 2,
    "resilience_hub/a.py": 2, "conf/a.yaml": 2, "scenarios/a.yaml": 1,
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_word_to_avoid_is_found_wherever_somebody_may_read_it(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text(PLACES[place], encoding="utf-8")
    [fault] = faults(tmp_path)
    assert fault.startswith(f"{place}:{LINES[place]}: ")
    assert ": say " in fault


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("docs/page.md", "Run `hub anew`:\n```\nhub anew\n```\n[there](anew.md)\n"),
        ("analysis/a.py", 'anew = {"surely": "doors"}\ndef surely() -> None:\n    """For who changes it anew."""\n'),
        ("sim/service/a.py", 'TEXT = "never seen anew"\n'),
        ("analysis/b.py", 'TEXT = "a renewed, unsurely outdoors"\n'),
    ],
    ids=["code in a page", "names and comments for programmers", "the service prints nothing", "parts of words"],
)  # fmt: skip
def test_what_is_no_sentence_for_a_reader_is_left_alone(tmp_path: Path, place: str, text: str) -> None:
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text(text, encoding="utf-8")
    assert faults(tmp_path) == []


def test_each_word_to_avoid_comes_with_another_that_is_not_to_be_avoided() -> None:
    rows = LIST.read_text(encoding="utf-8").splitlines()[1:]
    assert rows == sorted(set(rows)) and len(rows) == len(banned())
    for avoid, say in banned().items():
        assert avoid == avoid.lower().strip()
        assert say and not found(say)
