"""What is drawn for the default Hub, as distributions: arrivals, scores, patience, courses, absence, recruitment."""

import numpy as np
import pytest
from scipy import stats
from small_hub import configure

from analysis.calibration.expected import client_covariate_shares, positive_pattern
from sim.cohort import draw_cohort
from sim.config.screening import MEASURES
from sim.roster import draw_posts
from sim.roster.absence import draw_absence

pytestmark = pytest.mark.integration

DAY = 1440
REPLICATIONS = 12
DEMAND = {
    "default Hub": {},
    "with a wave and a campaign": {
        "changes": {
            "omicron": {"kind": "wave", "from_day": 200, "to_day": 290, "uptake_multiplier": 2.5},
            "roadshow": {
                "kind": "campaign", "from_day": 400, "to_day": 600,
                "target": {"staff_groups": ["ambulance", "care_homes"]},
                "uptake_multiplier": 4.0, "decay_days": 60.0, "need_odds_ratio": 1.5, "cost_gbp": 0.0,
                "staff_hours_per_week": 0.0,
            },
        },
    },
    "after an incident": {
        "incident": {
            "explosion": {
                "day": 300,
                "exposed": {
                    "responder": {
                        "persons": {"ambulance": 900, "police_fire": 1500}, "take_up_share": 0.3,
                        "severity_shift_sd": 0.3,
                    },
                },
                "delay": {
                    "early_share": 0.3, "early_mean_days": 10.0, "tail_share": 0.4, "tail_mean_days": 150.0,
                    "pulses": [{"after_days": 84.0, "share": 0.3, "mean_delay_days": 10.0}],
                },
            },
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def default_cohorts():
    config = configure({})
    return config, [draw_cohort(config, replication) for replication in range(REPLICATIONS)]


def rescaled(cohort):
    """Return everybody's moment of referral on the clock on which the law is uniform, given how many came.

    Of N people with cumulative hazard H(t) those who refer by T do so independently, with distribution function
    (1 - exp(-H(t))) / (1 - exp(-H(T))).
    """
    moments = []
    for number, source in enumerate(cohort.sources):
        mine = cohort.referred_minute[(cohort.source == number) & (cohort.opening < 0)]
        edges = np.arange(source.first_day, source.first_day + len(source.hazard))
        reached = np.interp((mine + 0.5) / DAY, edges, source.hazard)
        moments.append(np.expm1(-reached) / np.expm1(-source.hazard[-1]))
    return np.concatenate(moments)


@pytest.mark.parametrize("demand", DEMAND)
def test_referrals_follow_the_rate_curve_and_its_people_run_out(verdicts, demand):
    config = configure(DEMAND[demand])
    cohorts = [draw_cohort(config, replication) for replication in range(REPLICATIONS)]
    moments = np.concatenate([rescaled(cohort) for cohort in cohorts])
    case = f"referrals, {demand}"
    verdicts.of_law(
        case, f"moments of {len(moments):,}, time-rescaled, uniform (KS)", stats.kstest(moments, "uniform").pvalue
    )
    expected = variance = 0.0
    for cohort in cohorts:
        for source in cohort.sources:
            come = -np.expm1(-source.hazard[-1])
            expected += source.headcount * come
            variance += source.headcount * come * (1 - come)
    number = sum(int((cohort.opening < 0).sum()) for cohort in cohorts)
    far = abs(number - expected) / np.sqrt(variance)
    verdicts.of_law(case, f"number, {number:,} against {expected:,.0f} (normal)", 2 * stats.norm.sf(far))


def goodness(counts, chances):
    """Return the p value of counts against the chances of their classes, rare classes together."""
    expected = np.asarray(chances, dtype=float) * np.sum(counts)
    order = np.argsort(expected)[::-1]
    counts, expected = np.asarray(counts)[order], expected[order]
    usual = expected >= 5
    pooled = [np.append(part[usual], part[~usual].sum()) for part in (counts, expected)]
    keep = pooled[1] > 0
    return stats.chisquare(pooled[0][keep], pooled[1][keep]).pvalue


def test_scores_pass_their_thresholds_as_often_as_the_copula_says(verdicts, default_cohorts):
    config, cohorts = default_cohorts
    pattern = positive_pattern(config.screening, client_covariate_shares(config))
    # Of those who refer: whom an established Hub opens with are needier, as longer courses keep them there.
    refer = [cohort.opening < 0 for cohort in cohorts]
    positives = np.concatenate([cohort.measures_positive[mine] for cohort, mine in zip(cohorts, refer, strict=True)])
    case = f"screening scores of {len(positives):,} clients"
    counts = np.bincount(positives, minlength=6)
    verdicts.of_law(case, "number of measures positive, 0 to 5 (chi-squared)", goodness(counts, pattern.counts))
    points = np.concatenate([cohort.points[mine] for cohort, mine in zip(cohorts, refer, strict=True)])
    for column, name in enumerate(MEASURES):
        above = int((points[:, column] >= config.screening.measures[name].cut_off).sum())
        p = stats.binomtest(above, len(points), pattern.positive[column]).pvalue
        verdicts.of_law(case, f"{name} at or above its cut-off, {100 * pattern.positive[column]:.1f} % expected", p)


def test_planned_sessions_are_a_rounded_gamma(verdicts, default_cohorts):
    config, cohorts = default_cohorts
    modality = np.concatenate([cohort.decisions.modality[:, 0] for cohort in cohorts])
    sessions = np.concatenate([cohort.decisions.course_sessions[:, 0] for cohort in cohorts])
    for number, (name, course) in enumerate(config.pathway.modalities.items()):
        mine = sessions[modality == number]
        gamma = stats.gamma(course.sessions_shape, scale=course.sessions_mean / course.sessions_shape)
        upper = np.append(gamma.cdf(np.arange(1, course.sessions_most) + 0.5), 1.0)
        counts = np.bincount(mine, minlength=course.sessions_most + 1)[1:]
        p = goodness(counts, np.diff(upper, prepend=0.0))
        verdicts.of_law("course lengths", f"{name}, {len(mine):,} courses (chi-squared)", p)


@pytest.mark.parametrize("wait", ["assessment", "therapy", "group"])
def test_patience_is_exponential(verdicts, default_cohorts, wait):
    config, cohorts = default_cohorts
    days = np.concatenate([getattr(cohort.decisions, f"patience_{wait}")[:, 0] for cohort in cohorts]) / DAY
    mean = 7 / getattr(config.pathway.patience, f"{wait}_leave_per_week")
    verdicts.of_law("patience", f"for {wait} (KS)", stats.kstest(days, "expon", args=(0, mean)).pvalue)


POSTS, YEARS = 400, 5


def sick_runs(config):
    """Return the share of days lost of each of many posts, and the lengths of their spells that ended."""
    days = round(365.25 * YEARS)
    lost, lengths = [], []
    for post in range(POSTS):
        owner = (0, "nurse", "line", post)
        every_day = np.ones(days, dtype=bool)
        _, sick = draw_absence(config.staffing.absence, config.run.seed, 0, owner, config.run.start_date, 0, every_day)
        edges = np.flatnonzero(np.diff(sick.astype(int), prepend=0, append=0))
        runs = edges[1::2] - edges[::2]
        inside = (edges[::2] > 0) & (edges[::2] < days - 365)
        lost.append(sick.mean())
        lengths.append(runs[inside])
    return np.array(lost), np.concatenate(lengths)


def test_sickness_takes_the_share_of_days_and_comes_in_geometric_spells(verdicts):
    config = configure({})
    sickness = config.staffing.absence.sickness
    lost, lengths = sick_runs(config)
    case = f"sickness of {POSTS} posts in {YEARS} years"
    p = stats.ttest_1samp(lost, sickness.absence_share).pvalue
    verdicts.of_law(case, f"share of days, {100 * lost.mean():.2f} % against {100 * sickness.absence_share:.2f} %", p)
    # A spell that begins on the first day back makes one run with the spell before: a run is a geometric number of
    # spells, each short or long, each at least a day.
    mean = (
        1 - sickness.long_spell_share
    ) * sickness.short_mean_days + sickness.long_spell_share * sickness.long_mean_days
    begins = sickness.absence_share / (sickness.absence_share + (1 - sickness.absence_share) * mean)
    days = np.arange(1, 60)
    one = np.zeros(len(days))
    for share, of_mean in (
        (1 - sickness.long_spell_share, sickness.short_mean_days),
        (sickness.long_spell_share, sickness.long_mean_days),
    ):
        one += share * stats.geom(1 / of_mean).pmf(days)
    runs, chain = np.zeros(len(days)), one.copy()
    for again in range(6):
        runs += (1 - begins) * begins**again * chain
        chain = np.convolve(chain, np.concatenate([[0.0], one]))[: len(days)]
    counts = np.append(np.bincount(np.minimum(lengths, 60), minlength=61)[1:60], (lengths >= 60).sum())
    verdicts.of_law(
        case, f"length of {len(lengths):,} spells (chi-squared)", goodness(counts, np.append(runs, 1 - runs.sum()))
    )


def recruits(kind, turnover):
    """Return the configuration and the first spells of many posts of one line that is funded from day 0."""
    line = {"band": "7", "wte": float(POSTS), "kind": kind, "pay_point": "mid", "from_day": 0}
    config = configure(
        {
            "run.opening.mode": "empty",
            "run.horizon_days": 3653,
            "staffing.recruitment.turnover_per_year": turnover,
            "staffing.roles.therapist.lines": {"many": line},
        }
    )
    frames = [frame for number in range(3) for frame in draw_posts(config, number, 0, 1.0) if frame.line == "many"]
    return config, [frame.spells for frame in frames]


@pytest.mark.parametrize("kind", ["substantive", "agency"])
def test_lead_times_are_lognormal(verdicts, kind):
    config, spells = recruits(kind, 0.0)
    recruitment = config.staffing.recruitment
    weeks = recruitment.agency_lead_median_weeks if kind == "agency" else recruitment.lead_median_weeks
    days = np.array([mine[0].start_day for mine in spells])
    law = stats.lognorm(recruitment.lead_sigma, scale=7 * weeks)
    # Whole days: the draw lay anywhere in the day's half on either side.
    spread = days + np.random.default_rng(12).uniform(-0.5, 0.5, len(days))
    verdicts.of_law(
        "recruitment", f"lead time of {len(days):,} {kind} posts (KS)", stats.kstest(spread, law.cdf).pvalue
    )


def test_time_in_post_is_exponential(verdicts):
    turnover = 0.5
    _, spells = recruits("substantive", turnover)
    held = np.array([mine[0].end_day - mine[0].start_day for mine in spells])
    began = np.array([mine[0].start_day for mine in spells])
    rate = turnover / 365.25
    spread = held + np.random.default_rng(13).uniform(-0.5, 0.5, len(held))
    # Who is still in post when the run ends has not been seen to leave: those who left, given that they did.
    ends = max(mine[0].end_day for mine in spells)
    left = began + held < ends
    within = -np.expm1(-rate * (ends - began[left]))
    moments = -np.expm1(-rate * spread[left]) / within
    verdicts.of_law(
        "recruitment", f"time in post of {left.sum():,} leavers (KS)", stats.kstest(moments, "uniform").pvalue
    )
