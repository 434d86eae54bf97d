"""Who may refer: head-counts of staff groups and their make-up (conf/population)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.config.kinds import Count, Part, Positive, Share, Split

Sector = Literal["nhs", "social_care", "emergency"]


class StaffGroup(Part):
    """One staff group of the catchment."""

    headcount: Count
    sector: Sector
    gender: Split
    ethnicity: Split
    shift_worker_share: Share
    icu_or_emergency_share: Share
    stream_key: str | None = None
    """Names this group's random numbers; the group's own name if empty. Keep it when renaming a group."""


class ReferenceGroup(Part):
    """The group to which access ratios and gaps compare."""

    staff_group: str
    gender: str
    ethnicity: str


class Population(Part):
    """The people whom a Hub serves."""

    staff_groups: dict[str, StaffGroup] = Field(min_length=1)
    reference: ReferenceGroup

    @model_validator(mode="after")
    def _one_set_of_strata(self) -> Self:
        groups = self.staff_groups
        for dimension in ("gender", "ethnicity"):
            names = {frozenset(getattr(group, dimension)) for group in groups.values()}
            if len(names) > 1:
                raise ValueError(f"every staff group needs the same {dimension} categories")
            if getattr(self.reference, dimension) not in next(iter(names)):
                raise ValueError(f"reference.{dimension} must be one of {', '.join(sorted(next(iter(names))))}")
        if self.reference.staff_group not in groups:
            raise ValueError(f"reference.staff_group must be one of {', '.join(groups)}")
        keys = [group.stream_key or name for name, group in groups.items()]
        if len(set(keys)) < len(keys):
            raise ValueError("two staff groups share a stream_key; each needs its own")
        return self

    @property
    def genders(self) -> list[str]:
        """Gender categories, in the order of the first staff group."""
        return list(next(iter(self.staff_groups.values())).gender)

    @property
    def ethnicities(self) -> list[str]:
        """Ethnicity categories, in the order of the first staff group."""
        return list(next(iter(self.staff_groups.values())).ethnicity)


class Hubs(Part):
    """How many Hubs run side by side, sharing no staff and no people."""

    count: Annotated[int, Field(strict=True, ge=1, le=200)]
    size_cv: Positive
    """Spread of catchment sizes between Hubs (coefficient of variation, gamma); one Hub has size 1."""
    staffing_follows_size: bool
