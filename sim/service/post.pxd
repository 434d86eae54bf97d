from sim.service cimport codes
from sim.service.accounts cimport Account
from sim.service.cases cimport Case, Cases
from sim.service.day cimport Today
from sim.service.diary cimport Diary
from sim.service.hub_lists cimport HubLists
from sim.service.logs cimport CaseloadLog, PassedLog, WorkLog
from sim.service.pathway cimport Pathway
from sim.service.patience cimport Patience
from sim.service.rules cimport Rules

cdef class Post:
    cdef public long long number, caseload, places, minute
    cdef public Rules rules
    cdef HubLists lists
    cdef public Pathway pathway
    cdef Patience patience
    cdef public Cases cases
    cdef Today today
    cdef bint out_of_hours, leads
    cdef public list therapy_lists, job_plan, accounts
    cdef public Diary diary
    cdef WorkLog _work
    cdef PassedLog _passed
    cdef CaseloadLog _caseload_log
    cdef bint offer_to(self, Case case)
    cdef bint has_time(self, Account account, long long minutes)
    cdef long long unbooked(self)
    cdef long long spend(self, Account account, long long minutes, long long case, long long result)
    cdef note_visit(self, Account account, long long minute, Case case, long long result)
    cdef pass_on(self, Account source, Account target, long long minutes)
    cdef leave_idle(self, Account account, long long minutes)
    cpdef take_on(self, long long minute)
    cdef release(self, long long minute)
