"""The validated configuration of one run: every number a run depends on, typed, checked once and frozen."""

from __future__ import annotations

from typing import Any, Self

from pydantic import ValidationError, model_validator

from sim.config.checks import cross_check
from sim.config.messages import lines_of
from sim.config.parts import Parts
from sim.errors import ConfigProblem

__all__ = ["HubConfig", "validate"]


class HubConfig(Parts):
    """One cell: a scenario under a staffing model, with everything needed to run it."""

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        cross_check(self)
        return self


def validate(container: dict[str, Any]) -> HubConfig:
    """Check a composed configuration and return it typed and frozen.

    Parameters
    ----------
    container
        Plain dictionaries and lists, as composed from conf/, a scenario and the command line.

    Raises
    ------
    ConfigProblem
        With one line a problem: the config path, what was given and what would be right.
    """
    try:
        return HubConfig.model_validate(container)
    except ValidationError as error:
        raise ConfigProblem(lines_of(error, HubConfig, container)) from None
