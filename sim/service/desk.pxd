cimport cython

from sim.service cimport codes
from sim.service.cases cimport Case
from sim.service.day cimport Today
from sim.service.lists cimport Agenda
from sim.service.hub_lists cimport HubLists
from sim.service.pathway cimport Pathway
from sim.service.patience cimport Patience

cdef class Desk:
    cdef public Pathway pathway
    cdef Patience patience
    cdef Agenda agenda
    cdef Today today
    @cython.locals(minute="long long", step="long long", case=Case)
    cpdef take_in(self, long long until)
    cdef come_due(self, long long minute, long long step, Case case)
