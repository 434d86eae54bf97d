cdef enum Why:
    TAKEN = 0
    LEFT = 1
    WAITING = 2
