cdef enum Modality:
    NONE = -1
    GROUP = -2
