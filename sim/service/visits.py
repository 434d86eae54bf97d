"""A stage of one appointment, such as assessment: its list, what it takes, and where it is written down."""

from __future__ import annotations

from sim.service.cases import Case, Cases
from sim.service.codes import NOT_YET, Column, Wholes, whole
from sim.service.day import Today
from sim.service.enums import Activity, Ending, Listed, State
from sim.service.lists import WaitingList
from sim.service.rules import Rules, VisitOdds
from sim.stages import STAGES


class VisitStage:
    """A stage of one appointment; its name in `sim.stages` finds everything that belongs to it."""

    def __init__(self, name: str, rules: Rules, cases: Cases, waiting: WaitingList, today: Today) -> None:
        stage, of_journeys = STAGES[name], cases.journeys.columns
        self.waiting = waiting
        self.today = today
        self.listed: int = Listed[name.upper()]
        self.activity: int = Activity[name.upper()]
        self.odds: VisitOdds = rules.visit_odds[name]
        self.misses_to_close: int = rules.visit_misses_to_close[name]
        self.minutes: Wholes = whole(getattr(cases.decisions, f"{name}_minutes"))
        """Staff minutes of everybody's appointment, and how long each is patient, by `Case.row`."""
        self.patience: Wholes = whole(getattr(cases.decisions, f"patience_{name}"))
        self.joined: Column = of_journeys[stage.joins]
        """The journeys' columns of joining the list, of being given an appointment and of keeping it."""
        self.booked: Column = of_journeys[stage.books]
        self.seen: Column = of_journeys[stage.closes]
        self.while_waiting: int = State[f"{name}_list".upper()]
        """The state of who waits, and of who has an appointment."""
        self.while_booked: int = State[f"{name}_booked".upper()]
        self.after_missing: int = Ending[f"missed_{name}".upper()]
        """The ending of who misses too many appointments, and of who gives up waiting."""
        self.after_leaving: int = Ending[f"left_{name}_list".upper()]

    def join(self, case: Case, minute: int, patient_from: int) -> None:
        """Come to the stage; `patient_from` is `minute`, but for the opening position."""
        case.counts_from = minute
        self.wait(case, minute, patient_from)

    def wait(self, case: Case, minute: int, patient_from: int) -> None:
        """Wait by `case.counts_from`: at first, and again after an appointment that was not kept."""
        if self.joined[case.number] == NOT_YET:
            self.joined[case.number] = minute
        case.state = self.while_waiting
        case.visit_minutes = self.minutes[case.row]
        gives_up_at = patient_from + self.patience[case.row]
        self.waiting.join(case, case.key_by_policy(case.counts_from), minute, gives_up_at, self.today.opens)

    def booked_for(self, case: Case) -> None:
        """Leave the list with an appointment."""
        case.state = self.while_booked
        if self.booked[case.number] == NOT_YET:
            self.booked[case.number] = self.today.opens
