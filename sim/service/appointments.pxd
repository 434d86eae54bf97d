cimport cython

from sim.service cimport codes
from sim.service.accounts cimport Account
from sim.service.cases cimport Case, Course
from sim.service.diary cimport Appointment
from sim.service.pathway cimport Pathway
from sim.service.post cimport Post
from sim.service.rules cimport VisitOdds

cdef class Assessment(Appointment):
    cdef public Post post
    cdef public Case case

cdef class Session(Appointment):
    cdef public Post post
    cdef public Case case

cdef class Group(Appointment):
    cdef list groups_without_lead
    cdef public list members
    cdef public long long sessions_left
    cdef Post lead
    cdef take_over(self, Post lead, Account account)
    @cython.locals(case=Case)
    cdef keep(self)
