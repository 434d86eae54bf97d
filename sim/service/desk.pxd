cimport cython

from sim.service cimport codes
from sim.service.cases cimport Case
from sim.service.day cimport WorkingDay
from sim.service.lists cimport Agenda, Expected
from sim.service.hub_lists cimport HubLists
from sim.service.pathway cimport Pathway
from sim.service.patience cimport Patience

cdef class Desk:
    cdef public Pathway pathway
    cdef Patience patience
    cdef Agenda agenda
    cdef WorkingDay today
    cpdef take_in(self, long long until)
    @cython.locals(case=Case)
    cdef come_due(self, Expected expected)
