"""The online screen: five correlated measures, what predicts them, and who completes it (conf/screening)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.config.kinds import SUM_TOLERANCE, Amount, Minutes, OpenShare, Part, Positive, Refused, Share

MEASURES = ("gad7", "phq9", "ptsd", "audit", "wsas")
TIERS = ("none", "some", "high", "very_high")
"""Need tiers: 0, 1-2, 3 and 4-5 measures positive."""
TIER_OF_POSITIVES = (0, 1, 1, 2, 3, 3)
NEEDS = ("none", "some", "some_ptsd", "high", "high_ptsd", "very_high", "very_high_ptsd")
"""Need tiers, apart by whether somebody is positive for post-traumatic stress, which nobody is whose tier is none."""
TIER_OF_NEED = (0, 1, 1, 2, 2, 3, 3)
COVARIATES = (
    "prior_wellbeing_concern",
    "financial_loss",
    "disability",
    "icu_or_emergency",
    "redeployed",
    "bereaved_or_ill",
    "not_heterosexual",
    "hospitalised_with_covid",
)


class Measure(Part):
    """One screening measure."""

    instrument: str
    max_score: Annotated[int, Field(strict=True, ge=1, le=200)]
    cut_off: Annotated[int, Field(strict=True, ge=1, le=200)]
    """Positive at this score or above."""
    positive_share: OpenShare
    points_per_sd: Positive

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.cut_off > self.max_score:
            raise Refused("cut_off", self.cut_off, f"must be at most max_score {self.max_score}")
        return self


class Covariate(Part):
    """A predictor of need: how common it is, and the odds ratio of a positive measure."""

    share: Share
    """Among clients, used to set the thresholds; `icu_or_emergency` itself is drawn by staff group."""
    odds_ratio: Positive
    measures: list[Literal["gad7", "phq9", "ptsd", "audit", "wsas"]] = Field(min_length=1)


class Screening(Part):
    """Screening of one Hub."""

    measures: dict[str, Measure]
    correlations: list[list[Annotated[float, Field(strict=True, ge=-1, le=1, allow_inf_nan=False)]]]
    """Between the measures, in the order gad7, phq9, ptsd, audit, wsas."""
    covariates: dict[str, Covariate]
    risk_flag_share: Share
    """Active risk flag, among clients with any measure positive."""
    risk_flag_odds_ratio_per_phq9_point: Annotated[float, Field(strict=True, ge=0.1, le=10, allow_inf_nan=False)]
    """By which the odds of the flag grow with each point of the PHQ-9; 1: it does not depend on severity."""
    completed_share: Share
    completed_after_reminder_share: Share
    """Further share that completes after the reminder."""
    completion_median_days: Positive
    completion_sigma: Amount
    reminder_after_days: Amount
    window_days: Positive
    not_completed: Literal["close", "phone"]
    phone_screen_minutes: Minutes
    review_minutes: Minutes

    @model_validator(mode="after")
    def _complete(self) -> Self:
        self.check_names("measures", self.measures, MEASURES)
        self.check_names("covariates", self.covariates, COVARIATES)
        if self.completed_share + self.completed_after_reminder_share > 1:
            remedy = f"must be at most 1 together with completed_share {self.completed_share:g}"
            raise Refused("completed_after_reminder_share", f"{self.completed_after_reminder_share:g}", remedy)
        return self

    @model_validator(mode="after")
    def _a_correlation_matrix(self) -> Self:
        import numpy as np

        rows = self.correlations
        if len(rows) != len(MEASURES) or any(len(row) != len(MEASURES) for row in rows):
            raise Refused("correlations", f"rows of {', '.join(str(len(row)) for row in rows)}", "must be 5 rows of 5")
        matrix = np.array(rows)
        if not np.array_equal(matrix, matrix.T) or not np.array_equal(np.diag(matrix), np.ones(len(rows))):
            wrong = np.argwhere((matrix != matrix.T) | (np.eye(len(rows)) * (matrix != 1) > 0))[0]
            i, j = int(wrong[0]), int(wrong[1])
            remedy = "must be 1" if i == j else f"must equal correlations[{j}][{i}], {rows[j][i]:g}"
            raise Refused(f"correlations[{i}][{j}]", f"{rows[i][j]:g}", remedy)
        smallest = float(np.linalg.eigvalsh(matrix)[0])
        if smallest < -SUM_TOLERANCE:
            given = f"values that are not possible together (smallest eigenvalue {smallest:.3g})"
            raise Refused("correlations", given, "weaken one")
        return self
