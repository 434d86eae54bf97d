cimport cython

from sim.service cimport codes
from sim.service.cases cimport Case, Party
from sim.service.heap cimport Heap
from sim.service.logs cimport StayLog

cdef long long MASK, MINUTE, TIE_BITS, ZERO, NEVER, FOREVER, NOWHERE, TICKET_BITS, LAST_TICKET

cdef long long minute_of(long long key)

cdef class TaskList:
    cdef long long next_due
    cdef public long long listed
    cdef list _by_tie
    cdef StayLog _stays
    cdef Heap _order
    cpdef join(self, Party whose, long long minute)
    cdef first(self)
    @cython.locals(whose=Party)
    cdef take(self, long long now)
    cdef end_run(self, long long horizon)

cdef class WaitingList:
    cdef long long next_change
    cdef public long long listed, horizon
    cdef list _by_tie
    cdef StayLog _stays
    cdef Heap _order, _arriving, _deadlines
    cdef long long _length
    cpdef join(self, Case case, long long key, long long minute, long long gives_up_at, long long now)
    @cython.locals(case=Case)
    cdef Case next_out_of_patience(self, long long now)
    @cython.locals(case=Case)
    cpdef Case first(self)
    cpdef long long length(self)
    cpdef step_out(self)
    cpdef put_back(self, Case case)
    cpdef end_stay(self, Case case, long long minute, long long why)
    @cython.locals(case=Case)
    cdef end_run(self, list everybody)
    cdef _let_in(self, Case case)

cdef class Agenda:
    cdef public long long horizon
    cdef Heap _order
    cdef list _steps, _cases
    @cython.locals(ticket="long long")
    cdef expect(self, long long minute, long long step, Case case)
    cdef bint is_due(self, long long until)
    @cython.locals(case=Case)
    cdef tuple take(self)
