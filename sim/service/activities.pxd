cimport cython

from sim.service cimport codes
from sim.service.accounts cimport Account
from sim.service.appointments cimport Assessment, Group, Session
from sim.service.cases cimport Case, TeamRequest
from sim.service.hub_lists cimport HubLists
from sim.service.lists cimport TaskList, WaitingList
from sim.service.pathway cimport Pathway
from sim.service.patience cimport Patience
from sim.service.post cimport Post
from sim.service.rules cimport Rules

cdef long long NEVER

cdef bint serve(Post me, Account account)
@cython.locals(case=Case, account=Account, source=Account)
cdef answer_risk_calls(Post me)
@cython.locals(case=Case)
cdef bint review_screens(Post me, Account account)
cdef bint book_assessments(Post me, Account account)
@cython.locals(person=Case)
cdef Case whom_it_suits(Post me, WaitingList waiting, long long longest_assessment)
@cython.locals(waiting=WaitingList, first=Case, case=Case)
cdef bint start_therapy(Post me, Account account)
@cython.locals(waiting=WaitingList, case=Case, best=Case)
cdef Case first_on_any(Post me, list tried)
@cython.locals(group=Group)
cdef bint lead_groups(Post me, Account account)
cdef bint group_is_due(Post me)
@cython.locals(case=Case)
cdef list gather_a_group(Post me)
@cython.locals(case=Case)
cdef bint navigate(Post me, Account account)
@cython.locals(case=Case)
cdef bint check_in(Post me, Account account)
@cython.locals(request=TeamRequest)
cdef bint support_teams(Post me, Account account)
