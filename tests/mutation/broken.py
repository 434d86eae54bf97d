"""Pieces of the model that are broken on purpose: each must make at least one test fail."""

from typing import NamedTuple

from changed_copy import ROOT, changed


class Broken(NamedTuple):
    """A piece of code, found by the function in which it stands and by what it says, however it is laid out."""

    module: str
    function: str
    before: str
    after: str

    def text(self) -> str:
        return changed((ROOT / self.module).read_text(encoding="utf-8"), self.function, self.before, self.after)


BROKEN = {
    "the neediest last": Broken(
        "sim/service/cases.py",
        "standing",
        "np.where(risk, 0, 1 + below_highest)",
        "np.where(risk, 0, 1 - below_highest)",
    ),
    "a slot not returned": Broken(
        "sim/service/clinician.py",
        "Clinician.keep_the_diary",
        "account.commit(-minutes)",
        "account.commit(0)",
    ),
    "people who gave up counted as seen in time": Broken(
        "sim/measures/waits.py",
        "against_standard",
        "(seen != NOT_YET) & (seen - entered <= limit)",
        "seen - entered <= limit",
    ),
    "patience without end": Broken(
        "sim/service/lists.py",
        "WaitingList.next_out_of_patience",
        "self._deadlines.smallest < later",
        "self._deadlines.smallest < -later",
    ),
    "one person too many on a caseload": Broken(
        "sim/service/activities.py",
        "start_therapy",
        "me.caseload < me.places",
        "me.caseload <= me.places",
    ),
    "appointments without notice": Broken(
        "sim/service/activities.py",
        "book_visit",
        "me.today.number + me.rules.notice_days",
        "me.today.number + 1",
    ),
    "a missed assessment keeps its place": Broken(
        "sim/service/pathway.py",
        "Pathway.after_visit",
        "case.counts_from = minute",
        "case.counts_from += 0",
    ),
    "a reserve that flexes although its list is not empty": Broken(
        "sim/service/clinician.py",
        "Clinician.use_what_is_left",
        "target is not None and not keep_minutes and account.earned_today > 0",
        "target is not None and account.earned_today > 0",
    ),
    "a session that counts twice": Broken(
        "sim/service/cases.py",
        "Course.count_session",
        "self.sessions_left -= 1",
        "self.sessions_left -= 2",
    ),
    "risk calls to everybody else": Broken(
        "sim/service/pathway.py",
        "Pathway.show_flag",
        "self.drawn.risk[case.client]",
        "not self.drawn.risk[case.client]",
    ),
    "vacant posts paid": Broken(
        "sim/measures/cost.py",
        "ledger",
        "t.filled_days + costs.maternity_pay_share * t.leave_days",
        "t.funded_days + costs.maternity_pay_share * t.leave_days",
    ),
    "a group that waits for one more": Broken(
        "sim/service/activities.py",
        "group_is_due",
        "waiting.length() >= me.rules.group_min",
        "waiting.length() > me.rules.group_min",
    ),
}
