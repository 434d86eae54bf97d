cimport cython

from sim.service cimport codes
from sim.service.appointments cimport Session
from sim.service.cases cimport Case
from sim.service.hub_lists cimport HubLists
from sim.service.logs cimport JourneyLog
from sim.service.pathway cimport Pathway
from sim.service.rules cimport Rules

cdef class Opening:
    cdef Pathway pathway
    cdef Rules rules
    cdef JourneyLog journeys
    cdef long long first_day
    cdef list in_post
    @cython.locals(
        referred="const long long[::1]", opening="const long long[::1]", sessions_left="const long long[::1]",
        luck="const double[::1]", client="long long", minute="long long", where="long long", case=Case,
    )
    cpdef enter(self, cohort)
    @cython.locals(number="long long")
    cdef enter_waiting(self, Case case, long long minute, str where, long long sessions_left, double luck)
