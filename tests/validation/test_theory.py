import math

import numpy as np
import pytest
from theory import (
    caseload_queue,
    erlang_a,
    erlang_b,
    erlang_c,
    erlang_c_mean_wait,
    erlang_c_within,
    fading_surge_mean,
    fluid_wait,
    halfin_whitt_delay,
    infinite_server_mean,
    mg1_mean_wait,
    priority_mean_waits,
    slotted_queue,
    square_root_staffing,
)

pytestmark = pytest.mark.unit


def test_erlang_b_of_one_and_two_servers_is_worked_out_by_hand():
    assert erlang_b(1.0, 1) == pytest.approx(1 / 2)
    assert erlang_b(1.0, 2) == pytest.approx(1 / 5)
    assert erlang_b(3.0, 0) == 1.0


@pytest.mark.parametrize(
    ("arrivals", "servers", "wait"), [(8, 10, 0.20459), (9, 10, 0.66873), (45, 50, 0.07277), (95, 100, 0.10129)]
)
def test_waits_of_erlang_c_match_the_published_table(arrivals, servers, wait):
    assert erlang_c_mean_wait(arrivals, 1.0, servers) == pytest.approx(wait, abs=5e-6)


def test_delay_and_share_served_within_a_limit_of_erlang_c():
    assert erlang_c(8.0, 10) == pytest.approx(0.40918, abs=5e-6)
    assert erlang_c_within(8.0, 1.0, 10, 1.0) == pytest.approx(0.94462, abs=5e-6)
    assert erlang_c_within(8.0, 1.0, 10, 0.0) == pytest.approx(1 - erlang_c(8.0, 10))


@pytest.mark.parametrize(("doctors", "wait", "waiting"), [(1, 2 / 3, 4 / 3), (2, 1 / 24, 1 / 12)])
def test_the_county_hospital_of_hillier_and_lieberman(doctors, wait, waiting):
    assert erlang_c_mean_wait(2.0, 3.0, doctors) == pytest.approx(wait)
    assert 2.0 * erlang_c_mean_wait(2.0, 3.0, doctors) == pytest.approx(waiting)


def test_an_overloaded_queue_never_settles():
    assert erlang_c(12.0, 10) == 1.0
    assert erlang_c_mean_wait(12.0, 1.0, 10) == math.inf
    assert erlang_c_within(12.0, 1.0, 10, 5.0) == 0.0
    assert mg1_mean_wait(1.0, 1.0, 0.0) == math.inf
    with pytest.raises(ValueError, match="no steady state"):
        slotted_queue(4.0, 4)


@pytest.mark.parametrize(("squared_cv", "wait"), [(0.0, 2.0), (0.5, 3.0), (1.0, 4.0), (2.0, 6.0)])
def test_one_server_with_general_service_times_at_four_fifths_load(squared_cv, wait):
    assert mg1_mean_wait(0.8, 1.0, squared_cv) == pytest.approx(wait)


@pytest.mark.parametrize(("servers", "waits"), [(1, (0.2381, 0.3247, 0.9091)), (2, (0.02874, 0.03316, 0.04808))])
def test_three_priority_classes_of_the_county_hospital(servers, waits):
    assert priority_mean_waits([0.2, 0.6, 1.2], 3.0, servers) == pytest.approx(waits, abs=5e-5)


def test_priorities_only_redistribute_waiting():
    rates = np.array([0.2, 0.6, 1.2])
    assert rates @ priority_mean_waits(rates, 3.0, 2) == pytest.approx(2.0 * erlang_c_mean_wait(2.0, 3.0, 2))


def test_only_the_class_that_overloads_waits_for_ever():
    waits = priority_mean_waits([1.0, 3.0], 3.0, 1)
    assert np.isfinite(waits[0])
    assert waits[1] == math.inf


def test_a_call_centre_with_patience_of_two_minutes():
    queue = erlang_a(48.0, 1.0, 50, 0.5)
    assert queue.abandoned == pytest.approx(0.0309, abs=5e-5)
    assert 60 * queue.mean_wait == pytest.approx(3.71, abs=5e-3)
    assert queue.utilisation == pytest.approx(0.930, abs=5e-4)
    assert 60 * erlang_c_mean_wait(48.0, 1.0, 50) == pytest.approx(20.83, abs=5e-3)


def test_an_overloaded_queue_settles_when_people_leave():
    queue = erlang_a(12.0, 1.0, 10, 0.2)
    assert queue.abandoned == pytest.approx(0.17742, abs=5e-6)
    assert queue.mean_wait == pytest.approx(0.88710, abs=5e-6)
    assert queue.abandoned == pytest.approx(0.2 * queue.mean_wait)


def test_waits_of_the_served_in_erlang_a_agree_with_a_simulation_of_one_queue():
    rng = np.random.default_rng(20240512)
    arrivals, servers, leaves = 3.0, 2, 0.5
    now, free, waits, left = 0.0, [0.0] * servers, [], 0
    for _ in range(200_000):
        now += rng.exponential(1 / arrivals)
        starts = max(now, min(free))
        if starts - now > rng.exponential(1 / leaves):
            left += 1
            continue
        free[free.index(min(free))] = starts + rng.exponential(1.0)
        waits.append(starts - now)
    queue = erlang_a(arrivals, 1.0, servers, leaves)
    assert left / 200_000 == pytest.approx(queue.abandoned, rel=0.01)
    assert np.mean(waits) == pytest.approx(queue.mean_wait_served, rel=0.02)


def test_endless_patience_makes_erlang_a_erlang_c():
    assert erlang_a(8.0, 1.0, 10, 1e-7).mean_wait == pytest.approx(erlang_c_mean_wait(8.0, 1.0, 10), rel=1e-5)


def test_a_fading_surge_on_unlimited_servers_peaks_at_ninety():
    peak = math.log(2) / 0.05
    assert peak == pytest.approx(13.863, abs=5e-4)
    assert fading_surge_mean(peak, 2.0, 10.0, 0.1, 0.05, 40.0) == pytest.approx(90.0)
    around = fading_surge_mean([peak - 1, peak, peak + 1], 2.0, 10.0, 0.1, 0.05, 40.0)
    assert around.argmax() == 1


def test_the_integral_of_the_surge_matches_its_closed_form():
    days = np.array([5.0, 20.0, 60.0])
    by_integral = infinite_server_mean(
        lambda t: 2 + 10 * np.exp(-0.1 * t), lambda age: np.exp(-0.05 * age), days, step=0.01
    )
    assert by_integral == pytest.approx(fading_surge_mean(days, 2.0, 10.0, 0.1, 0.05, 0.0), rel=1e-6)


def test_services_of_fixed_length_hold_the_arrivals_of_that_length():
    held = infinite_server_mean(np.ones_like, lambda age: (age < 3).astype(float), [1.0, 3.0, 10.0], step=0.5)
    assert held == pytest.approx([1.0, 3.0, 3.0])


def test_square_root_staffing_and_its_delay():
    assert square_root_staffing(100.0, 0.5) == 105.0
    assert halfin_whitt_delay(0.0) == 1.0
    assert halfin_whitt_delay(0.5) == pytest.approx(erlang_c(10_000.0, 10_050), abs=0.002)


def test_a_flow_beyond_capacity_waits_in_proportion_to_its_excess():
    assert fluid_wait([0.0, 10.0], 12.0, 10.0) == pytest.approx([0.0, 2.0])
    assert fluid_wait(10.0, 8.0, 10.0) == 0.0


def test_one_slot_a_day_is_the_textbook_discrete_queue():
    # The slot is used on a share a of days, so P(N = 0) = 1 - a; and E(N) = a + a^2 / (2 (1 - a)).
    a = 0.7
    queue = slotted_queue(a, 1)
    assert queue.chance[0] == pytest.approx(1 - a)
    assert queue.mean_list == pytest.approx(a + a**2 / (2 * (1 - a)))
    assert queue.mean_wait_days == pytest.approx(a / (2 * (1 - a)) + 0.5)


def test_the_slotted_queue_is_continuous_in_patience():
    patient, nearly = slotted_queue(3.2, 4), slotted_queue(3.2, 4, leave_per_day=1e-6)
    assert nearly.mean_list == pytest.approx(patient.mean_list, rel=1e-4)
    assert nearly.mean_wait_days == pytest.approx(patient.mean_wait_days, rel=1e-4)


@pytest.mark.parametrize(("leave", "kept"), [(0.0, 0), (0.0, 3), (0.05, 0), (0.2, 5)])
def test_the_slotted_queue_agrees_with_playing_it_out(leave, kept):
    rng = np.random.default_rng(7)
    days, rate, slots = 100_000, 3.2, 4
    joining = rate * (-math.expm1(-leave) / leave if leave else 1)
    after, lists = 0, []
    for arrived in rng.poisson(joining, days):
        listed = rng.binomial(max(after, 0), math.exp(-leave)) + arrived
        lists.append(listed)
        after = max(listed + min(after, 0) - slots, -kept)
    queue = slotted_queue(rate, slots, leave, kept)
    assert queue.chance.sum() == pytest.approx(1.0)
    assert np.mean(lists) == pytest.approx(queue.mean_list, rel=0.02)
    assert np.mean(np.array(lists) > 8) == pytest.approx(queue.chance[9:].sum(), rel=0.1)


def test_unused_slots_that_are_kept_shorten_the_list():
    means = [slotted_queue(3.6, 4, slots_kept=kept).mean_list for kept in (0, 1, 10)]
    assert means[0] > means[1] > means[2]


def test_one_place_and_one_day_courses_are_one_slot_a_day():
    place, slot = caseload_queue(0.7, 1, 1.0), slotted_queue(0.7, 1)
    assert place.in_course == pytest.approx(0.7)
    assert place.mean_list == pytest.approx(slot.mean_list)
    assert place.mean_wait_days == pytest.approx(slot.mean_wait_days)


def test_slow_courses_make_the_caseload_the_queue_of_erlang():
    # A thousandth of everything a day: days are so short that the chain is the continuous queue, but for half a day.
    places = caseload_queue(0.008, 10, 0.001)
    assert places.mean_wait_days == pytest.approx(1000 * 0.20459, rel=0.01)
    assert places.all_taken == pytest.approx(0.40918, rel=0.01)
    assert places.in_course == pytest.approx(8.0)
    impatient, palm = caseload_queue(0.012, 10, 0.001, leave_per_day=0.0002), erlang_a(12.0, 1.0, 10, 0.2)
    assert impatient.left == pytest.approx(palm.abandoned, rel=0.005)
    assert impatient.mean_wait_days == pytest.approx(1000 * palm.mean_wait, rel=0.005)


def test_more_courses_than_places_can_hold_never_settle():
    with pytest.raises(ValueError, match="no steady state"):
        caseload_queue(0.5, 4, 0.125)
    assert caseload_queue(0.5, 4, 0.125, leave_per_day=0.01).left > 0


@pytest.mark.parametrize("leave", [0.0, 0.05])
def test_the_caseload_queue_agrees_with_playing_it_out(leave):
    rng = np.random.default_rng(11)
    days, rate, places, ends = 200_000, 0.8, 5, 0.2
    joining = rate * (-math.expm1(-leave) / leave if leave else 1)
    people, taken, lists = 0, [], []
    for arrived in rng.poisson(joining, days):
        in_course = min(people, places)
        listed = rng.binomial(people - in_course, math.exp(-leave)) + arrived
        people = rng.binomial(in_course, 1 - ends) + listed
        taken.append(min(people, places))
        lists.append(listed)
    queue = caseload_queue(rate, places, ends, leave)
    assert np.mean(taken) == pytest.approx(queue.in_course, rel=0.01)
    assert np.mean(np.array(taken) == places) == pytest.approx(queue.all_taken, rel=0.02)
    assert np.mean(lists) == pytest.approx(queue.mean_list, rel=0.03)
