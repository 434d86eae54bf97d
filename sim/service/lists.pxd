cimport cython

from sim.service cimport codes
from sim.service.cases cimport Case, Party
from sim.service.heap cimport Heap
from sim.service.logs cimport StayLog

cdef long long MASK, MINUTE, TIE_BITS, ZERO, NEVER, FOREVER, NOWHERE, TICKET

cdef long long minute_of(long long key)

cdef class TaskList:
    cdef public long long listed, next_due
    cdef list _by_tie
    cdef StayLog _stays
    cdef Heap _order
    cpdef join(self, Party whose, long long minute)
    cpdef first(self)
    @cython.locals(whose=Party)
    cpdef take(self, long long now)
    cpdef close(self, long long horizon)

cdef class WaitingList:
    cdef public long long listed, horizon, next_change
    cdef list _by_tie
    cdef StayLog _stays
    cdef Heap _order, _arriving, _deadlines
    cdef long long _length
    cpdef join(self, Case case, long long key, long long minute, long long gives_up, long long now)
    @cython.locals(case=Case)
    cpdef Case overdue(self, long long now)
    @cython.locals(case=Case)
    cpdef Case first(self)
    cpdef long long length(self)
    cpdef step_out(self)
    cpdef put_back(self, Case case)
    cpdef leave(self, Case case, long long minute, long long why)
    cpdef close(self)
    cpdef _let_in(self, Case case)

cdef class Expected:
    cdef public long long minute, step
    cdef public Case case

cdef class Agenda:
    cdef public long long horizon
    cdef Heap _order
    cdef list _expected
    cpdef expect(self, long long minute, long long step, Case case)
    cpdef bint is_due(self, long long until)
    @cython.locals(expected=Expected)
    cpdef Expected take(self)
