from sim.service cimport codes
from sim.service.logs cimport JourneyLog
from sim.service.rules cimport Rules

cdef long long NOT_YET, DRAWS_PER_EPISODE, VISITS, MINUTE, MASK, ZERO, CLASS

cdef class Party:
    cdef public long long number, tie

cdef class TeamRequest(Party):
    cdef public long long minutes

cdef class Case(Party):
    cdef public long long client, episode, row, standing
    cdef public long long screen_delay, assessment_minutes, outcome, modality, course_sessions, step_up_sessions
    cdef public long long drop_out_session, patience_assessment, patience_therapy, patience_group
    cdef public long long navigation_contacts, navigation_minutes, re_referral_delay
    cdef public bint risk, shift_worker, screens, offered, reachable, steps_up, accepted, bounced_back, re_referred
    cdef public double course_luck, step_up_luck
    cdef public long long state, strands, place, waits_on, key, joined, gives_up, assessment_visits, assessments_missed
    cdef public long long therapy_visits, missed_in_a_row, attempts, contacts_left, last_end, next_check_in
    cdef public bint to_check_in
    cdef public Course course
    cdef draw(self, Drawn drawn)
    cpdef long long in_order(self, long long minute)
    cpdef long long by_policy(self, long long minute)

cdef class Drawn:
    cdef public long long people, episodes, offers_known
    cdef public const long long[::1] screens, screen_delay, offered, reachable, assessment_minutes, outcome, modality
    cdef public const long long[::1] course_sessions, steps_up, step_up_sessions, drop_out_session
    cdef public const long long[::1] patience_assessment, patience_therapy, patience_group
    cdef public const long long[::1] navigation_contacts, navigation_minutes, accepted, bounced_back
    cdef public const long long[::1] re_referred, re_referral_delay, tie, standing, risk, shift_worker
    cdef public const double[::1] course_luck, step_up_luck, offers, attendance

cdef class Cases:
    cdef public Drawn drawn
    cdef public JourneyLog journeys
    cdef public list all, by_tie
    cdef public double in_hours_accepted
    cdef long long[::1] _offers_made
    cpdef Case open(self, long long client, long long episode, long long minute)
    cpdef bint may_come_again(self, Case case)
    cpdef double assessment_luck(self, Case case)
    cpdef double therapy_luck(self, Case case)
    cpdef bint accepts(self, Case case)

cdef class Course:
    cdef public long long modality, sessions_left, then, then_sessions, missed_in_a_row, ends_with, interval_days
    cdef public long long minutes, next_minutes
    cdef public bint started
    cpdef start(self)
