cdef long long NOT_YET

cdef class Log:
    cdef public long long _columns, _used, _room
    cdef long long[::1] _cells
    cdef _grow(self)
    cdef list columns(self)

cdef class StayLog(Log):
    cdef add(self, long long listed, long long number, long long joined, long long left, long long why)

cdef class WorkLog(Log):
    cdef add(self, long long post, long long activity, long long minute, long long minutes, long long number, long long result)

cdef class PassedLog(Log):
    cdef add(self, long long post, long long day, long long source, long long target, long long minutes)

cdef class CaseloadLog(Log):
    cdef add(self, long long minute, long long post, long long change)

cdef class JourneyLog:
    cdef public long long[::1] client, episode, referred, screened, reviewed, risk_called, assessment_joined, booked
    cdef public long long[::1] assessed, therapy_joined, therapy_booked, therapy_first, therapy_last
    cdef public long long[::1] external_referred, navigated, closed, outcome, modality, ended
    cdef public long long[::1] attended, missed, transferred
    cdef came_to_session(self, long long number, long long minute)

cdef class Logs:
    cdef public JourneyLog journeys
    cdef public StayLog stays
    cdef public WorkLog work
    cdef public PassedLog passed
    cdef public CaseloadLog caseload
