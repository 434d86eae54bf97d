"""What the compiler is told of the service is what its type hints say."""

import re

import pytest

from sim import compiled
from sim.hints import HintError, declarations
from sim.service.enums import ENUMS

pytestmark = pytest.mark.unit

WARD = """
from typing import Final
from sim.service.beds import Bed

MOST: Final[int] = 12

class Ward:
    def __init__(self, beds: list[Bed], share: float) -> None:
        self.beds = beds
        self.share = share
        self.first = beds[0]
        self.taken = 0

    def find(self, nights: int) -> Bed | None:
        for bed in self.beds:
            if bed.nights >= nights:
                return bed
        return None

    def tell(self) -> list[str]:
        return sorted(self.beds, key=lambda bed: bed.nights)

    def rest(self, nights: int = 1) -> int:
        return nights + self.taken
"""
BEDS = """
class Bed:
    def __init__(self, nights: int) -> None:
        self.nights = nights
        self.is_free = True
"""


def told(**modules: str) -> dict[str, str]:
    """Return what is declared of modules, without spaces that say nothing."""
    return {name: re.sub(r" +", " ", text) for name, text in declarations(modules, tuple(modules)).items()}


def test_numbers_are_numbers_of_c_and_what_a_list_holds_is_known():
    ward = told(ward=WARD, beds=BEDS)["ward.pxd"]
    for line in (
        "from sim.service.beds cimport Bed\n",
        "cdef long long MOST\n",
        "cdef public list beds\n",
        "cdef public double share\n",
        "cdef public Bed first\n",
        "cdef public long long taken\n",
        '@cython.locals(bed="Bed")\n cdef Bed find(self, long long nights)\n',
    ):
        assert line in ward
    assert "tell" not in ward  # a lambda is Python's
    assert "rest" not in ward  # as is a default
    assert "cdef public bint is_free\n" in told(ward=WARD, beds=BEDS)["beds.pxd"]


def test_only_what_could_refer_back_to_itself_is_left_to_the_garbage_collector():
    files = told(ward=WARD, beds=BEDS)
    assert "no_gc\n@cython.final\ncdef class Bed:" in files["beds.pxd"]
    assert "no_gc" not in files["ward.pxd"]


def test_a_class_made_from_another_takes_its_attributes_as_they_are():
    cot = "class Cot(Bed):\n    def __init__(self) -> None:\n        self.nights = 1\n        self.bars = 40\n"
    files = told(attic="from sim.service.beds import Bed\n" + cot, beds=BEDS)
    assert "bars" in files["attic.pxd"]
    assert "nights" not in files["attic.pxd"]


def test_a_type_that_is_nowhere_to_be_read_is_asked_for_by_file_and_line():
    with pytest.raises(HintError, match=r"^sim/service/beds\.py:4: say the type of self\.nights$"):
        told(beds=BEDS.replace("nights: int", "nights"))
    with pytest.raises(HintError, match=r"^sim/service/beds\.py:4: say the type of self\.nights$"):
        told(beds=BEDS.replace("self.nights = nights", "self.nights, self.days = divmod(nights, 2)"))


def test_the_compiler_is_told_every_enum_attribute_and_method_of_the_service():
    service = {path.stem: path.read_text() for path in compiled.SERVICE.glob("*.py")}
    files = declarations(service, compiled.MODULES, compiled.FROM_PYTHON)
    for enum in ENUMS:
        members = "".join(f"    {member.name} = {int(member)}\n" for member in enum)
        assert files[f"_{enum.__name__.lower()}.pxd"] == f"cdef enum {enum.__name__}:\n{members}"
    methods = set(re.findall(r"cpdef .*?(\w+)\(self", "".join(files.values())))
    assert methods == compiled.FROM_PYTHON
