from sim.service cimport codes

cdef class VisitOdds:
    cdef double late
    cdef public double missed, any
    cdef long long result(self, double luck)

cdef class Rules:
    cdef public str policy
    cdef readonly object ageing_minutes_per_tier, modality_names
    cdef readonly double balance_cap_days, in_hours_accepted
    cdef long long screening_window, phone_screen_minutes
    cdef public long long notice_days, working_day_minutes, review_minutes
    cdef long long risk_call_minutes, contact_attempts, contact_attempt_minutes, contact_attempt_interval
    cdef bint phones
    cdef public bint gives_therapy
    cdef tuple shift_worker_interval_days, first_minutes, next_minutes
    cdef public tuple outcomes, interval_days
    cdef tuple first_step_share, course_edges
    cdef public tuple step_up, first_step
    cdef long long group_min, group_max, group_max_wait, group_minutes, group_interval_days
    cdef public long long group_sessions
    cdef long long navigation_interval, decision_minutes, check_in_interval, check_in_minutes
    cdef VisitOdds assessment_odds, first_odds, next_odds, group_odds
    cdef public long long assessment_misses_to_close, misses_in_a_row_to_close
