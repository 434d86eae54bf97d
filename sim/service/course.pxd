from sim.service.rules cimport Rules

cdef class Course:
    cdef long long then, then_sessions, stops_with
    cdef public long long modality, sessions_left, interval_days
    cdef long long next_minutes
    cdef public long long minutes
    cdef bint started
    cdef plan(self, Rules rules, long long modality, bint shift_worker, long long sessions, long long then, long long then_sessions)
    cdef bint count_session(self)
    cpdef start(self)
