"""A key: where somebody stands in a list, as class x CLASS + minute x MINUTE + tie. The smallest is served first."""

from __future__ import annotations

from typing import Final

TIE_BITS: Final = 24
MINUTE: Final = 1 << TIE_BITS
MASK: Final = MINUTE - 1
"""Of a key, what is the tie: the order of everybody's pre-drawn tie breaker, 0 for the smallest."""
ZERO: Final = 1 << 32
"""Added to minutes, so that those before day 0 are whole numbers too; 8,000 years either way."""
CLASS: Final = 1 << 57
"""Class 0 is the head of the list, the policy's own classes follow: up to 5."""
FOREVER: Final = 1 << 62
"""More than any key."""
LONGEST_SET_BACK: Final = 1 << 29
"""A thousand years: nobody has waited longer, and no lower tier is set back by more."""
