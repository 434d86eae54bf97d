from sim.service.accounts cimport Account

cdef class Appointment:
    cdef Account account
    cdef public long long minutes
    cdef public bint is_set_aside
    cdef keep(self)
    cdef hand_back(self, long long minute)

cdef class Diary:
    cdef long long _opens_on, _days_known, _day_length, _next_page, _end
    cdef const long long[::1] _page_from
    cdef long long[::1] _booked
    cdef list _pages, _carried_over, _leaving_pages
    cpdef bint book(self, long long earliest, Appointment appointment)
    cdef list due(self, long long day)
    cdef put_off(self, Appointment appointment)
    cpdef list clear(self)
    cdef _write(self, long long number, Appointment appointment)
    cdef list _tear_out(self, long long number, list behind)
