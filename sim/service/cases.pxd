cimport cython

from sim.service cimport codes
from sim.service.course cimport Course
from sim.service.logs cimport JourneyLog
from sim.service.rules cimport Rules

cdef long long NOT_YET, DRAWS_PER_EPISODE, VISITS, MINUTE, MASK, ZERO, CLASS

cdef class Party:
    cdef public long long number, tie

cdef class TeamRequest(Party):
    cdef public long long minutes

@cython.no_gc
cdef class Case(Party):
    cdef long long visits_row, standing
    cdef public long long client, episode
    cdef public long long screen_delay, assessment_minutes, drawn_outcome, suitable_modality
    cdef public long long course_sessions, step_up_sessions
    cdef long long drop_out_session, patience_assessment, patience_therapy, patience_group
    cdef long long navigation_contacts, navigation_minutes, re_referral_delay
    cdef bint risk, shift_worker, screens, offered, reachable, accepted, bounced_back, re_referred
    cdef public bint steps_up
    cdef double course_luck, step_up_luck
    cdef long long waits_on, key, gives_up_at, assessment_visits, assessments_missed
    cdef public long long state, open_tasks, counts_from, joined
    cdef long long therapy_visits, missed_in_a_row, attempts, contacts_left, last_end, next_check_in
    cdef bint to_check_in
    cdef public Course course
    cdef begin(self, long long client, long long episode, long long visits_row, long long number)
    @cython.locals(row="long long")
    cdef draw(self, Drawn drawn)
    cdef long long key_by_minute(self, long long minute)
    cpdef long long key_by_policy(self, long long minute)
    cdef bint waits_for_therapy(self)
    cdef bint needs_suitable_after_first_step(self, Rules rules)
    @cython.locals(then="long long", sessions="long long")
    cdef plan_first_course(self, Rules rules, long long modality, long long attended)
    cpdef plan_course(self, Rules rules, long long modality, long long sessions, long long then, long long then_sessions, long long attended)

cdef class Drawn:
    cdef long long people, episodes, offers_known
    cdef const long long[::1] screens, screen_delay, offered, reachable, assessment_minutes, outcome, modality
    cdef const long long[::1] course_sessions, steps_up, step_up_sessions, drop_out_session
    cdef const long long[::1] patience_assessment, patience_therapy, patience_group
    cdef const long long[::1] navigation_contacts, navigation_minutes, accepted, bounced_back
    cdef const long long[::1] re_referred, re_referral_delay, tie, standing, risk, shift_worker
    cdef const double[::1] course_luck, step_up_luck, offers, attendance

cdef class Cases:
    cdef public Drawn drawn
    cdef public JourneyLog journeys
    cdef readonly list by_tie
    cdef public list all
    cdef double in_hours_accepted
    cdef long long[::1] _offers_made
    @cython.locals(case=Case)
    cpdef Case open(self, long long client, long long episode, long long minute)
    cdef bint may_come_again(self, Case case)
    cdef double next_assessment_luck(self, Case case)
    cdef double next_therapy_luck(self, Case case)
    cdef bint accepts_next_offer(self, Case case)
