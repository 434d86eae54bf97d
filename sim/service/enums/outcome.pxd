cdef enum Outcome:
    NONE_YET = -1
    ADVICE = 0
    HUB_THERAPY = 1
    GROUP = 2
    ONWARD = 3
    THERAPY_AND_ONWARD = 4
