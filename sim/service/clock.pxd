cdef class Alarm:
    cdef object _env, _event
    cdef long long _turn
    cpdef at(self, long long minute)
