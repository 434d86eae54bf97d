cimport cython

from sim.service cimport activities
from sim.service.accounts cimport Account
from sim.service.diary cimport Appointment
from sim.service.post cimport Post

cdef class Clinician(Post):
    cdef const long long[::1] _days, _handovers, _places
    cdef long long _days_worked, _handed_over
    @cython.locals(account=Account)
    cdef work(self)
    @cython.locals(account=Account)
    cdef begin_the_day(self)
    @cython.locals(appointment=Appointment, account=Account)
    cdef keep_the_diary(self)
    cdef use_what_is_left(self, Account account, bint keep_minutes)
    @cython.locals(appointment=Appointment)
    cdef return_clients(self)
