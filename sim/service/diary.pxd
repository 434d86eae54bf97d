from sim.service.accounts cimport Account

cdef class Appointment:
    cdef public Account account
    cdef public long long minutes
    cdef public bint is_set_aside
    cpdef keep(self)
    cpdef hand_back(self, long long minute)

cdef class Diary:
    cdef long long _opens_on, _days_known, _day_length, _next_page, _end
    cdef const long long[::1] _page_from
    cdef long long[::1] _booked
    cdef list _pages, _overdue, _leaving_pages
    cpdef bint book(self, long long earliest, Appointment appointment)
    cpdef list due(self, long long today)
    cpdef put_off(self, Appointment appointment)
    cpdef list clear(self)
    cdef _write(self, long long number, Appointment appointment)
    cdef list _tear_out(self, long long number, list behind)
