"""Who may refer: head-counts of staff groups and their make-up (conf/population)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.config.kinds import Count, Part, Positive, Refused, Share, Split, each_its_own_stream

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
                first, other = next(
                    (a, b)
                    for a, b in zip(groups, list(groups)[1:], strict=False)
                    if set(getattr(groups[a], dimension)) != set(getattr(groups[b], dimension))
                )
                mine, theirs = (", ".join(getattr(groups[name], dimension)) for name in (other, first))
                raise Refused(f"staff_groups.{other}.{dimension}", mine, f"must be {theirs}, as in {first}")
            if (reference := getattr(self.reference, dimension)) not in next(iter(names)):
                known = ", ".join(sorted(next(iter(names))))
                raise Refused(f"reference.{dimension}", repr(reference), f"must be one of {known}")
        if self.reference.staff_group not in groups:
            remedy = f"must be one of {', '.join(groups)}"
            raise Refused("reference.staff_group", repr(self.reference.staff_group), remedy)
        each_its_own_stream("staff_groups", {name: group.stream_key or name for name, group in groups.items()})
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
