cimport cython

from sim.service.accounts cimport Account
from sim.service.diary cimport Appointment
from sim.service.post cimport Post

cdef class Clinician(Post):
    cdef public long long turn
    cdef public list calendar
    cdef const long long[::1] _places
    cdef long long _days_worked
    @cython.locals(account=Account)
    cpdef work(self)
    @cython.locals(account=Account)
    cpdef begin_the_day(self)
    @cython.locals(appointment=Appointment, account=Account)
    cpdef keep_the_diary(self)
    cpdef use_what_is_left(self, Account account, bint work_left)
    @cython.locals(appointment=Appointment)
    cpdef hand_over(self)
