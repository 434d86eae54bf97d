cimport cython

from sim.service cimport codes
from sim.service.accounts cimport Account
from sim.service.appointments cimport Assessment, Group, Session
from sim.service.cases cimport Case, TeamRequest
from sim.service.lists cimport TaskList, WaitingList
from sim.service.pathway cimport Pathway
from sim.service.post cimport Post
from sim.service.rules cimport Rules

cdef long long NEVER

cpdef bint serve(Post me, Account account)
@cython.locals(case=Case, account=Account, source=Account)
cpdef answer_risk_calls(Post me)
@cython.locals(case=Case)
cpdef bint review_screens(Post me, Account account)
cpdef bint book_assessments(Post me, Account account)
@cython.locals(person=Case)
cpdef Case whom_it_suits(Post me, WaitingList waiting, long long longest_assessment)
@cython.locals(waiting=WaitingList, first=Case, case=Case)
cpdef bint start_therapy(Post me, Account account)
@cython.locals(waiting=WaitingList, case=Case, best=Case)
cpdef Case best_placed(Post me, list tried)
@cython.locals(group=Group)
cpdef bint lead_groups(Post me, Account account)
cpdef bint group_is_due(Post me)
@cython.locals(case=Case)
cpdef list gather_a_group(Post me)
@cython.locals(case=Case)
cpdef bint navigate(Post me, Account account)
@cython.locals(case=Case)
cpdef bint check_in(Post me, Account account)
@cython.locals(request=TeamRequest)
cpdef bint support_teams(Post me, Account account)
