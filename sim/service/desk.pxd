from sim.service.day cimport WorkingDay
from sim.service.lists cimport Agenda
from sim.service.pathway cimport Pathway

cdef class Desk:
    cdef public Pathway pathway
    cdef Agenda agenda
    cdef WorkingDay today
    cpdef take_in(self, long long until)
