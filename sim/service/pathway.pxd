cimport cython

from sim.service cimport codes
from sim.service.cases cimport Case, Cases
from sim.service.day cimport Today
from sim.service.hub_lists cimport HubLists
from sim.service.lists cimport Agenda, WaitingList
from sim.service.logs cimport JourneyLog
from sim.service.rules cimport Rules

cdef long long NOT_YET

cdef class Pathway:
    cdef public Rules rules
    cdef public Cases cases
    cdef public JourneyLog journeys
    cdef readonly Today today
    cdef public long long horizon
    cdef readonly Agenda agenda
    cdef public HubLists lists
    cpdef refer(self, Case case, long long minute)
    cpdef screen_completed(self, Case case, long long minute)
    cdef screen_overdue(self, Case case, long long minute)
    cdef phoned(self, Case case, long long started, long long minute)
    cpdef reviewed(self, Case case, long long minute)
    cdef risk_called(self, Case case, long long started)
    cdef to_contact(self, Case case, long long minute)
    cdef not_reached(self, Case case, long long minute)
    cpdef join_assessment(self, Case case, long long minute, long long patient_from)
    cdef assessment_booked(self, Case case)
    cdef after_assessment(self, Case case, long long result, long long started, long long minute)
    cpdef route(self, Case case, long long outcome, long long minute, long long patient_from)
    @cython.locals(first="long long")
    cdef join_therapy(self, Case case, long long minute, long long patient_from)
    @cython.locals(waiting=WaitingList)
    cdef wait_for_therapy(self, Case case, long long key, long long minute, long long patient_from)
    cdef join_group(self, Case case, long long minute, long long patient_from)
    cdef plan_check_in(self, Case case, long long minute)
    cpdef therapy_booked(self, Case case)
    cdef group_booked(self, Case case)
    cdef bint after_session(self, Case case, long long result, long long started, long long minute)
    cdef bint after_group_session(self, Case case, long long result, long long started, long long minute, long long sessions_left)
    cdef after_last_group_session(self, Case case, long long minute)
    cdef bint stays_after_missing(self, Case case, long long minute)
    @cython.locals(attended="long long")
    cdef complete(self, Case case, long long then, long long then_sessions, long long minute)
    cpdef rejoin_therapy_list(self, Case case, long long minute)
    cdef end_therapy(self, Case case, long long minute, long long why)
    cdef start_navigation(self, Case case, long long minute)
    cdef navigated(self, Case case, long long minute)
    cdef refused_elsewhere(self, Case case, long long minute)
    cdef finish_task(self, Case case, long long minute)
    cdef close(self, Case case, long long minute, long long why)
