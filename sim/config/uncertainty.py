"""Whether parameters are drawn from their ranges, and which (conf/uncertainty)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.config.kinds import Part

Number = Annotated[float, Field(allow_inf_nan=False)]


class UncertainNumber(Part):
    """A number of the configuration that is drawn: its value, its range and the shape of what is believed of it."""

    value: Number
    low: Number
    high: Number
    distribution: str
    together: str | None
    """Numbers with the same text here are shares that add up to a fixed total, and are drawn together."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"value {self.value:g} must lie between low {self.low:g} and high {self.high:g}")
        return self


class Uncertainty(Part):
    """How parameters are treated."""

    mode: Literal["none", "psa"]
    replications_per_draw: Annotated[int, Field(strict=True, ge=1, le=1000)]
    """So many replications in a row share one draw of the parameters."""
    leave_out: list[str]
    """Patterns of keys that are never drawn."""
    parameters: dict[str, UncertainNumber]
    """What is drawn, by key; filled from the register when the configuration is composed."""

    @model_validator(mode="after")
    def _something_to_draw(self) -> Self:
        if self.mode == "psa" and not self.parameters:
            raise ValueError("mode psa, but no number is left to draw; leave fewer out")
        return self

    def draw_of(self, replication: int) -> int:
        """Return the number of the draw that a replication belongs to."""
        return replication // self.replications_per_draw
