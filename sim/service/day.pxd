cdef long long MINUTES_PER_DAY, OPENING_MINUTE

cdef class Today:
    cdef long long closes
    cdef public long long number, length, opens
    cdef public object morning
    cdef begin(self, long long number)

cpdef long long opening_of(long long day)
