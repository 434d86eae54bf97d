"""What must always be true: a healthy run passes, and each way to corrupt a record breaks exactly its own rule."""

from dataclasses import replace

import pytest

from sim.measures import audit as auditing
from sim.measures.audit import RULES, AuditBreach, audit
from sim.measures.cost import ledger
from sim.service.codes import NOT_YET
from sim.service.hub import run_service

pytestmark = pytest.mark.unit

PLAN = {"screening_review": 0.3, "assessment": 0.3, "therapy": 0.4}


@pytest.fixture(scope="module")
def healthy(paper):
    """Thirty people and one clinician who cannot see them all: at the end some are done, some booked, some wait."""
    config = paper.with_roles(paper.plain(42), senior_clinician=paper.role(PLAN, band="8a"))
    post = paper.post(config, "senior_clinician", {"screening_review": 60, "assessment": 40, "therapy": 120}, places=4)
    cohort = paper.people([paper.at(day, 100) for day in range(30)], tier=[day % 4 for day in range(30)])
    return paper.history(config, cohort, run_service(config, cohort, paper.roster(post)), post)


@pytest.fixture
def told(paper, healthy):
    """Return the healthy record in words."""
    return paper.in_words(healthy.config, healthy.record)


@pytest.fixture
def corrupt(paper, healthy):
    """Return a copy of the healthy history whose record a test may spoil before it is read."""

    def with_change(change):
        record = paper.in_words(healthy.config, healthy.record)
        change(record)
        return paper.history(healthy.config, healthy.cohort, record, *healthy.roster.posts)

    return with_change


def broken(history):
    return {name: findings for name, rule in RULES.items() if (findings := list(rule(history)))}


def name_of(healthy, case):
    return healthy.cohort.client_ids[case]


def test_a_healthy_run_passes_every_rule(healthy, told):
    assert audit(healthy) == [
        "everyone_is_somewhere", "lists_match_states", "minutes_add_up", "list_area_is_time_waited",
        "time_runs_forward", "pay_follows_posts", "caseload_within_cap",
    ]  # fmt: skip
    assert {"closed", "therapy", "therapy_list", "assessment_list"} <= set(told.states)


def test_a_closed_person_in_another_state_breaks_the_count_of_people(healthy, told, corrupt):
    case = told.states.index("closed")
    findings = broken(corrupt(lambda record: record.states.__setitem__(case, "navigation")))
    assert list(findings) == ["everyone_is_somewhere"]
    assert name_of(healthy, case) in findings["everyone_is_somewhere"][0]


def test_a_state_that_nobody_knows_breaks_the_count_of_people(healthy, told, corrupt):
    case = told.states.index("therapy")
    findings = broken(corrupt(lambda record: record.states.__setitem__(case, "lost")))
    assert list(findings) == ["everyone_is_somewhere"]
    assert name_of(healthy, case) in findings["everyone_is_somewhere"][0]


def test_somebody_whose_list_and_state_differ_breaks_the_match_of_lists(healthy, told, corrupt):
    case = told.states.index("assessment_list")
    findings = broken(corrupt(lambda record: record.states.__setitem__(case, "assessment_booked")))
    assert list(findings) == ["lists_match_states"]
    assert name_of(healthy, case) in findings["lists_match_states"][0]


def test_somebody_on_a_list_twice_breaks_the_match_of_lists(healthy, told, corrupt):
    stay = next(stay for stay in told.stays if stay[0] == "assessment" and stay[4] == "waiting")
    findings = broken(corrupt(lambda record: record.stays.append(stay)))
    assert list(findings) == ["lists_match_states"]
    assert name_of(healthy, stay[1]) in findings["lists_match_states"][0]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: record.work.append((0, "therapy", 41 * 1440 + 900, 5, -1, "done")),
        lambda record: record.work.pop(),
        lambda record: record.passed.append((0, 3, "assessment", "idle", 1)),
        lambda record: record.balances.__setitem__((0, "assessment"), -1),
    ],
    ids=["work that nobody earned", "work left out", "minutes idle twice", "a false balance"],
)
def test_minutes_that_do_not_add_up_name_the_post(healthy, corrupt, spoil):
    findings = broken(corrupt(spoil))
    assert list(findings) == ["minutes_add_up"]
    assert healthy.roster.posts[0].frame.post_id in findings["minutes_add_up"][0]


def test_minutes_spent_before_they_were_earned_name_the_post_and_the_day(healthy, corrupt):
    # Sixty minutes of review are earned a day: on day 0 a hundred are lent to therapy, and come back on day 30.
    def borrow(record):
        record.passed += [(0, 0, "screening_review", "therapy", 100), (0, 30, "therapy", "screening_review", 100)]

    findings = broken(corrupt(borrow))
    assert list(findings) == ["minutes_add_up"]
    post = healthy.roster.posts[0].frame.post_id
    assert findings["minutes_add_up"][0] == f"post {post}, screening_review: more minutes used than accrued by day 0"


@pytest.mark.parametrize(
    ("effect", "cause"),
    [
        ("assessed", "booked"),
        ("therapy_first", "therapy_booked"),
        ("reviewed", "screened"),
        ("booked", "assessment_joined"),
    ],
)
def test_an_event_before_its_cause_names_the_client(healthy, told, corrupt, effect, cause):
    case = told.states.index("closed")
    earlier = getattr(told.journeys, cause)[case] - 1
    findings = broken(corrupt(lambda record: getattr(record.journeys, effect).__setitem__(case, earlier)))
    assert list(findings) == ["time_runs_forward"]
    assert f"client {name_of(healthy, case)} episode 0: {effect} at {earlier}" in findings["time_runs_forward"][0]


def test_an_event_without_its_cause_names_the_client(healthy, told, corrupt):
    case = told.states.index("closed")
    findings = broken(corrupt(lambda record: record.journeys.booked.__setitem__(case, NOT_YET)))
    assert list(findings) == ["time_runs_forward"]
    assert name_of(healthy, case) in findings["time_runs_forward"][0]


def test_pay_that_does_not_follow_time_in_post_names_the_post(healthy, monkeypatch):
    def generous(history):
        books = ledger(history)
        return replace(books, pay=books.pay + 1)

    monkeypatch.setattr(auditing, "ledger", generous)
    findings = broken(healthy)
    assert list(findings) == ["pay_follows_posts"]
    assert healthy.roster.posts[0].frame.post_id in findings["pay_follows_posts"][0]


def test_a_caseload_above_the_places_names_the_post(healthy, corrupt):
    minute = 20 * 1440 + 600
    findings = broken(corrupt(lambda record: record.caseload.extend([(minute, 0, 1)] * 5)))
    assert list(findings) == ["caseload_within_cap"]
    assert healthy.roster.posts[0].frame.post_id in findings["caseload_within_cap"][0]


def test_somebody_who_leaves_a_caseload_twice_names_the_post(healthy, corrupt):
    findings = broken(corrupt(lambda record: record.caseload.insert(0, (0, 0, -1))))
    assert list(findings) == ["caseload_within_cap"]


def test_a_breach_is_told_with_the_rule_and_the_client(healthy, told, corrupt):
    case = told.states.index("closed")
    with pytest.raises(AuditBreach, match=f"audit: everyone_is_somewhere: client {name_of(healthy, case)} episode 0"):
        audit(corrupt(lambda record: record.states.__setitem__(case, "navigation")))


def test_somebody_whose_stay_on_a_list_began_before_the_journey_says_names_the_client(healthy, told, corrupt):
    position = next(n for n, stay in enumerate(told.stays) if stay[0] == "assessment")
    name, case, joined, left, why = told.stays[position]
    earlier = (name, case, joined - 1440, left, why)
    findings = broken(corrupt(lambda record: record.stays.__setitem__(position, earlier)))
    assert list(findings) == ["list_area_is_time_waited"]
    assert name_of(healthy, case) in findings["list_area_is_time_waited"][0]
