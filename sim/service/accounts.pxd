cdef class Account:
    cdef long long cap, earned_today
    cdef public long long activity, free, committed
    cdef const long long[::1] earned
    cdef public Account flexes_to
    cdef earn(self, long long day)
    cdef commit(self, long long minutes)
