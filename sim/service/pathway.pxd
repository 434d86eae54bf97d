cimport cython

from sim.service cimport codes
from sim.service.cases cimport Case, Cases, Course
from sim.service.day cimport WorkingDay
from sim.service.lists cimport Agenda, Expected, TaskList, WaitingList
from sim.service.logs cimport JourneyLog, Logs
from sim.service.rules cimport Rules

cdef long long NOT_YET

cdef class Pathway:
    cdef public Rules rules
    cdef public Cases cases
    cdef public JourneyLog journeys
    cdef readonly WorkingDay today
    cdef public long long horizon
    cdef readonly Agenda agenda
    cdef TaskList screening_reviews, phone_screens, risk_calls, navigation, check_ins
    cdef public TaskList contacts, workshops
    cdef WaitingList groups
    cdef public WaitingList assessment
    cdef list groups_without_lead
    cdef public list therapies
    cdef comes_due(self, Expected expected)
    cpdef refer(self, Case case, long long minute)
    cpdef screen_completed(self, Case case, long long minute)
    cdef screen_overdue(self, Case case, long long minute)
    cdef phoned(self, Case case, long long started, long long minute)
    cpdef reviewed(self, Case case, long long minute)
    cdef risk_called(self, Case case, long long started)
    cdef to_contact(self, Case case, long long minute)
    cdef not_reached(self, Case case, long long minute)
    cpdef join_assessment(self, Case case, long long minute, long long patient_from)
    cpdef Case next_on(self, WaitingList waiting)
    @cython.locals(case=Case)
    cdef let_go(self, WaitingList waiting, long long now)
    cdef assessment_booked(self, Case case)
    cdef after_assessment(self, Case case, long long result, long long started, long long minute)
    cpdef route(self, Case case, long long outcome, long long minute, long long patient_from)
    @cython.locals(first="long long", then="long long", sessions="long long")
    cdef join_therapy(self, Case case, long long minute, long long patient_from)
    cdef bint needs_more(self, Case case)
    cpdef plan_course(self, Case case, long long modality, long long sessions, long long then, long long then_sessions)
    @cython.locals(waiting=WaitingList)
    cdef wait_for_therapy(self, Case case, long long key, long long minute, long long patient_from)
    cdef join_group(self, Case case, long long minute, long long patient_from)
    cdef plan_check_in(self, Case case, long long minute)
    cdef check_in_due(self, Case case, long long minute)
    cdef bint waits_for_therapy(self, Case case, long long minute, long long later)
    cpdef therapy_booked(self, Case case)
    cdef group_booked(self, Case case)
    cdef bint after_session(self, Case case, long long result, long long started, long long minute)
    cdef bint after_group_session(self, Case case, long long result, long long started, long long minute, long long sessions_left)
    cdef after_last_group_session(self, Case case, long long minute)
    cpdef attended(self, Case case, long long started)
    cdef complete(self, Case case, long long then, long long then_sessions, long long minute)
    cpdef hand_over(self, Case case, long long minute)
    cdef end_therapy(self, Case case, long long minute, long long why)
    cdef start_navigation(self, Case case, long long minute)
    cdef navigated(self, Case case, long long minute)
    cdef refused_elsewhere(self, Case case, long long minute)
    cdef end_strand(self, Case case, long long minute)
    cdef close(self, Case case, long long minute, long long why)
    @cython.locals(tasks=TaskList, waiting=WaitingList)
    cpdef end(self)
