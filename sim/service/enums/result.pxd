cdef enum Result:
    ATTENDED = 0
    MISSED = 1
    CANCELLED = 2
    DONE = 3
    NO_ANSWER = 4
    CANCELLED_IN_TIME = 5
