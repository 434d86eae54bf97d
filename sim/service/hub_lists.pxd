from sim.service cimport codes
from sim.service.cases cimport Cases
from sim.service.lists cimport TaskList, WaitingList
from sim.service.logs cimport StayLog

cdef class HubLists:
    cdef TaskList screening_reviews, phone_screens, risk_calls, navigation, check_ins
    cdef public TaskList contacts, workshops
    cdef WaitingList groups
    cdef public WaitingList assessment
    cdef list tasks
    cdef public list therapies, groups_without_lead
    cdef WaitingList for_therapy(self, long long listed)
