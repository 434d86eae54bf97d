cimport cython

from sim.service cimport codes
from sim.service.cases cimport Case, Cases
from sim.service.day cimport Today
from sim.service.hub_lists cimport HubLists
from sim.service.lists cimport TaskList, WaitingList
from sim.service.logs cimport JourneyLog
from sim.service.pathway cimport Pathway

cdef long long NOT_YET

cdef class Patience:
    cdef public Pathway pathway
    cdef public HubLists lists
    cdef Today today
    cpdef Case next_on(self, WaitingList waiting)
    @cython.locals(case=Case)
    cdef let_go(self, WaitingList waiting, long long now)
    cdef gave_up(self, Case case, long long listed)
    cdef bint still_waits(self, Case case, long long minute, long long later)
    cdef check_in_due(self, Case case, long long minute)
    @cython.locals(tasks=TaskList, waiting=WaitingList)
    cpdef end(self, long long horizon)
