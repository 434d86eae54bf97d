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
    cdef public WorkingDay today
    cdef public long long horizon
    cdef public Agenda agenda
    cdef public TaskList screening_reviews, phone_screens, contacts, risk_calls, navigation, check_ins, workshops
    cdef public WaitingList assessment, groups
    cdef public list therapies, groups_without_lead
    cpdef comes_due(self, Expected expected)
    cpdef refer(self, Case case, long long minute)
    cpdef screen_completed(self, Case case, long long minute)
    cpdef screen_overdue(self, Case case, long long minute)
    cpdef phoned(self, Case case, long long started, long long minute)
    cpdef reviewed(self, Case case, long long minute)
    cpdef risk_called(self, Case case, long long started)
    cpdef to_contact(self, Case case, long long minute)
    cpdef not_reached(self, Case case, long long minute)
    cpdef join_assessment(self, Case case, long long minute, long long patient_from)
    cpdef Case next_on(self, WaitingList waiting)
    @cython.locals(case=Case)
    cpdef let_go(self, WaitingList waiting, long long now)
    cpdef assessment_booked(self, Case case)
    cpdef after_assessment(self, Case case, long long result, long long started, long long minute)
    cpdef route(self, Case case, long long outcome, long long minute, long long patient_from)
    @cython.locals(first="long long", then="long long", sessions="long long")
    cpdef join_therapy(self, Case case, long long minute, long long patient_from)
    cpdef bint needs_more(self, Case case)
    cpdef plan_course(self, Case case, long long modality, long long sessions, long long then, long long then_sessions)
    @cython.locals(waiting=WaitingList)
    cpdef wait_for_therapy(self, Case case, long long key, long long minute, long long patient_from)
    cpdef join_group(self, Case case, long long minute, long long patient_from)
    cpdef plan_check_in(self, Case case, long long minute)
    cpdef check_in_due(self, Case case, long long minute)
    cpdef bint waits_for_therapy(self, Case case, long long minute, long long later)
    cpdef therapy_booked(self, Case case)
    cpdef group_booked(self, Case case)
    cpdef bint after_session(self, Case case, long long result, long long started, long long minute)
    cpdef bint after_group_session(self, Case case, long long result, long long started, long long minute, long long sessions_left)
    cpdef after_last_group_session(self, Case case, long long minute)
    cpdef attended(self, Case case, long long started)
    cpdef complete(self, Case case, long long then, long long then_sessions, long long minute)
    cpdef hand_over(self, Case case, long long minute)
    cpdef end_therapy(self, Case case, long long minute, long long why)
    cpdef start_navigation(self, Case case, long long minute)
    cpdef navigated(self, Case case, long long minute)
    cpdef refused_elsewhere(self, Case case, long long minute)
    cpdef end_strand(self, Case case, long long minute)
    cpdef close(self, Case case, long long minute, long long why)
    cpdef end(self)
