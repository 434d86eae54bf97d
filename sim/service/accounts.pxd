cdef class Account:
    cdef public long long activity, cap, free, committed, today
    cdef public const long long[::1] earned
    cdef public Account flexes_to
    cpdef earn(self, long long day)
    cpdef commit(self, long long minutes)
