cdef long long MINUTES_PER_DAY, OPENING_MINUTE

cdef class WorkingDay:
    cdef public long long number, length, opens, closes
    cpdef begin(self, long long number)

cpdef long long opening_of(long long day)
