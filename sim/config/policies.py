"""What a commissioner may decide beside staffing: policies, each from one day to another, none unless it is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sim.config.absence import StandIn
from sim.config.barriers import Times
from sim.config.kinds import Amount, Day, Minutes, Ordinal, Part, Share, Surcharge, YesNo, in_order
from sim.config.pathway import Pathway
from sim.config.screening import TIERS
from sim.config.staffing import Staffing
from sim.errors import nearest
from sim.streams import Bools, Ints


class Dated(Part):
    """What holds from one day to another."""

    from_day: Day | None = None
    to_day: Day | None = None
    """The first day after it; empty: no beginning, no end."""

    _in_order = in_order("from_day", "to_day")

    def holds_on(self, days: Ints) -> Bools:
        """Return on which of these days it holds."""
        inside: Bools = days >= (days.min(initial=0) if self.from_day is None else self.from_day)
        if self.to_day is not None:
            inside &= days < self.to_day
        return inside


class Policy(Dated):
    """A policy that is off while some of its keys have neutral values."""

    NEUTRAL: ClassVar[dict[str, object]] = {}

    @property
    def is_on(self) -> bool:
        """Whether it changes anything."""
        return any(getattr(self, key) != value for key, value in self.NEUTRAL.items())


class AssessmentThreshold(Policy):
    """Who is offered advice and wellbeing resources in place of an assessment; a risk flag is always assessed."""

    NEUTRAL = {"from_tier": TIERS[0]}

    from_tier: Literal["none", "some", "high", "very_high"]
    """The lowest tier of need that is offered an assessment; `none`: every tier is."""
    return_share: Share
    """Of those not offered one, who are referred again, and are then judged as if there were no threshold."""


class ExtraSessions(Policy):
    """Sessions beyond anybody's hours, paid one by one, for those who have waited longest; begun courses go on."""

    NEUTRAL = {"sessions_a_week": 0}
    suits_everybody: ClassVar[bool]
    """Whether shift workers can take any of them."""

    sessions_a_week: Annotated[int, Field(strict=True, ge=0, le=200)]
    """At most, of each Hub; 0: there are none."""
    stage: Literal["assessment", "therapy"]
    wait_over_days: Amount
    """Nobody is offered one until somebody has been on the list for longer."""
    role: str | None = None
    """Whose work it is; empty: the first role whose job plan has it."""

    def role_in(self, staffing: Staffing) -> str | None:
        """Return whose work it is; None where no role has it in the job plan, or nobody is funded."""
        able = [name for name, role in staffing.roles.items() if role.lines and self.stage in map(str, role.job_plan)]
        if self.role is None:
            return next(iter(able), None)
        return self.role if self.role in able else None

    def session_minutes(self, pathway: Pathway, staffing: Staffing) -> float:
        """Return how long a session takes a clinician on average, notes included."""
        if self.stage == "assessment":
            return pathway.assessment.contact.mean_minutes + pathway.assessment.write_up.mean_minutes
        role = self.role_in(staffing)
        given = [pathway.modalities[name] for name in (staffing.roles[role].modalities if role else pathway.modalities)]
        return sum(one.next_minutes + one.admin_minutes for one in given) / len(given)


class WaitingListInitiative(ExtraSessions):
    """Extra sessions on evenings and Saturdays, by the Hub's own staff or an agency's."""

    suits_everybody = True

    by: Literal["overtime", "agency"]
    overtime_times: Annotated[float, Field(strict=True, ge=1, le=5, allow_inf_nan=False)]
    """Basic pay for an hour of overtime, as a multiple of that for an ordinary hour."""
    gbp_per_session: Amount | None = None
    """Empty: what the minutes cost at the role's pay, with overtime or the agency premium."""


class MutualAid(ExtraSessions):
    """An agreement with a partner Hub: its clinicians see those who have waited longest, and get hours in return.

    The partner is not simulated: neither its lists nor whether it has the clinicians.
    """

    NEUTRAL = {"sessions_a_week": 0, "lends_hours_per_week": 0.0}
    suits_everybody = False

    gbp_per_session: Amount
    """What the partner charges for each session, kept or not."""
    lends_hours_per_week: Amount
    """Client-facing hours of this Hub that its clinicians work for the partner; 0: none."""
    lends_role: str | None = None
    """Whose; empty: of the role whose sessions are received."""
    lends_from_day: Day | None = None
    lends_to_day: Day | None = None
    """Both empty: while sessions are received."""
    lends_recharged: YesNo
    """Whether the partner pays for an hour what it charges for one."""

    _lends_in_order = in_order("lends_from_day", "lends_to_day")

    @property
    def lending(self) -> Dated:
        """When hours are lent."""
        if self.lends_from_day is None and self.lends_to_day is None:
            return Dated(from_day=self.from_day, to_day=self.to_day)
        return Dated(from_day=self.lends_from_day, to_day=self.lends_to_day)

    def lender_in(self, staffing: Staffing) -> str | None:
        """Return which role lends hours; None where none does, or none is there that could."""
        name = self.lends_role or self.role_in(staffing)
        lends = self.lends_hours_per_week > 0 and name in staffing.roles and staffing.roles[name].wte > 0
        return name if lends else None

    def hours_received_per_week(self, pathway: Pathway, staffing: Staffing) -> float:
        """Return the hours a week that the partner's clinicians work for this Hub at most, by the average session."""
        return self.sessions_a_week * self.session_minutes(pathway, staffing) / 60


class GuidedSelfHelp(Policy):
    """Self-help with short checks by a member of staff while people wait for individual therapy."""

    NEUTRAL = {"offered_share": 0.0}

    offered_share: Share
    """Of people who join the list; 0: nobody is offered it."""
    taken_up_share: Share
    """Of those offered it."""
    checks: Annotated[int, Field(strict=True, ge=1, le=20)]
    check_minutes: Minutes
    check_every_days: Ordinal
    enough_share: Share
    """Of those who still wait at the last check, who then need no therapy."""
    role: str
    """Who makes the checks, from time that nothing is booked for."""


class EveningClinics(Policy):
    """Posts that offer early, evening or weekend appointments beside those of `out_of_hours_share`."""

    NEUTRAL = {"share": 0.0}

    share: Share
    """Of the posts of each role with appointments, who then offer them; 0: no more than already do."""
    hours_share: Share
    """Of such a post's hours, those worked in the evening or at the weekend."""
    enhancement_share: Surcharge
    """On top of what these hours cost."""


class Remote(Policy):
    """Appointments by video or telephone, of whoever joins a list between two days; groups meet as before."""

    NEUTRAL = {"assessment_share": 0.0, "therapy_share": 0.0}

    assessment_share: Share
    therapy_share: Share
    """Of people, whose assessment or individual therapy is remote; 0 for both: nobody's is."""
    minutes_times: Times
    """Staff minutes with the person, as a multiple of those of a meeting; notes take as long."""
    missed_times: Times
    """Times as many are missed."""
    in_hours_accepted_share: Share
    """Of ordinary-hours offers, share that a shift worker can take where it is remote."""
    uptake_times_shift_workers: Times
    uptake_times_others: Times
    """Times as many people refer while it is offered."""


class Policies(Part):
    """Every policy; with the values of conf/policies/none.yaml none of them changes anything."""

    assessment_threshold: AssessmentThreshold
    waiting_list_initiative: WaitingListInitiative
    guided_self_help: GuidedSelfHelp
    evening_clinics: EveningClinics
    remote: Remote
    mutual_aid: MutualAid
    cover: dict[str, StandIn] = {}
    """By role: who stands in while a post is empty, as `staffing.stand_in` says it for good."""

    @property
    def extra_sessions(self) -> dict[str, WaitingListInitiative | MutualAid]:
        """By policy, the extra sessions that may be offered."""
        each: dict[str, WaitingListInitiative | MutualAid] = {
            "waiting_list_initiative": self.waiting_list_initiative,
            "mutual_aid": self.mutual_aid,
        }
        return {name: one for name, one in each.items() if one.sessions_a_week > 0}

    @property
    def in_force(self) -> tuple[str, ...]:
        """The names of the policies that change anything."""
        on = {name: one.is_on for name, one in self if isinstance(one, Policy)}
        return tuple(name for name, is_on in (on | {"cover": bool(self.cover)}).items() if is_on)


OFF = {
    name: kind.NEUTRAL
    for name, kind in (
        ("assessment_threshold", AssessmentThreshold),
        ("waiting_list_initiative", WaitingListInitiative),
        ("guided_self_help", GuidedSelfHelp),
        ("evening_clinics", EveningClinics),
        ("remote", Remote),
        ("mutual_aid", MutualAid),
    )
}
"""Of each policy the keys, and their values, with which it is off."""


def of_a_policy_that_is_off(key: str, values: Mapping[str, object]) -> bool:
    """Return whether a key of a composed configuration, given with all others, belongs to a policy that is off."""
    group, _, rest = key.partition(".")
    name = rest.partition(".")[0]
    if group != "policies" or name not in OFF:
        return False
    return all(values.get(f"policies.{name}.{switch}", value) == value for switch, value in OFF[name].items())


def contradicted(policies: Policies, pathway: Pathway, staffing: Staffing, hubs: int) -> Iterator[str]:
    """Refuse policies that the staffing model, or the number of Hubs, contradicts."""
    roles = list(staffing.roles)
    for policy, extra in policies.extra_sessions.items():
        if extra.role_in(staffing) is None:
            if extra.role is None:
                yield f"policies.{policy}.stage: nobody is funded whose job plan has {extra.stage}"
            else:
                remedy = f"must be a role with funding whose job plan has {extra.stage}"
                yield f"policies.{policy}.role: got {extra.role!r}; {remedy}"
    yield from _lent(policies.mutual_aid, pathway, staffing, hubs)
    self_help = policies.guided_self_help
    if self_help.is_on and self_help.role not in roles:
        remedy = nearest(self_help.role, roles)
        yield f"policies.guided_self_help.role: got {self_help.role!r}; this staffing model has no such role; {remedy}"
    for name, one in policies.cover.items():
        path = f"policies.cover.{name}"
        if name not in roles:
            yield f"{path}: this staffing model has no such role; {nearest(name, roles)}"
        elif name in staffing.stand_in:
            yield f"{path}: staffing.stand_in.{name} says who stands in already; leave one of the two out"
        elif one.from_role is not None and (one.from_role == name or one.from_role not in roles):
            others = ", ".join(role for role in roles if role != name)
            yield f"{path}.from_role: got {one.from_role!r}; must be one of {others}"


def _lent(aid: MutualAid, pathway: Pathway, staffing: Staffing, hubs: int) -> Iterator[str]:
    """Refuse hours that nobody has to lend, and, of Hubs that are all simulated, aid that none of them gives."""
    if aid.lends_hours_per_week > 0:
        name = aid.lends_role or aid.role_in(staffing)
        if name is None and aid.sessions_a_week > 0:
            return  # said already
        if name not in staffing.roles or not staffing.roles[name].wte:
            funded = ", ".join(role for role, its in staffing.roles.items() if its.wte)
            yield f"policies.mutual_aid.lends_role: got {name!r}; must be a role with funding: one of {funded}"
        elif aid.lends_hours_per_week > (
            most := staffing.roles[name].wte * staffing.roles[name].client_facing_hours_per_week
        ):
            given = f"{aid.lends_hours_per_week:g} hours of {name}"
            yield f"policies.mutual_aid.lends_hours_per_week: got {given}; at most the {most:g} for clients can be lent"
    if hubs == 1 or not aid.sessions_a_week or aid.role_in(staffing) is None:
        return
    received, lending = aid.hours_received_per_week(pathway, staffing), aid.lending
    begins = lending.from_day is None or (aid.from_day is not None and lending.from_day <= aid.from_day)
    covers = begins and (lending.to_day is None or (aid.to_day is not None and aid.to_day <= lending.to_day))
    lent = aid.lends_hours_per_week if covers else 0.0
    if received > lent:
        yield (
            f"policies.mutual_aid.sessions_a_week: got {aid.sessions_a_week}, for which {hubs} Hubs would each receive "
            f"{received:g} hours a week and lend {lent:g} meanwhile; among Hubs that are all simulated lend as much: "
            f"lends_hours_per_week={received:g} on the same days, or set hubs.count=1"
        )
