"""The parts of a configuration, each checked by itself; `sim.config` checks that they fit together."""

from __future__ import annotations

from pydantic import Field

from sim.config.costs import Costs
from sim.config.demand import Demand, MajorIncident
from sim.config.kinds import Part
from sim.config.pathway import Pathway
from sim.config.population import Hubs, Population
from sim.config.run import Run, Standards
from sim.config.screening import Screening
from sim.config.staffing import Staffing
from sim.config.uncertainty import Uncertainty


class Parts(Part):
    """Everything that a configuration says."""

    scenario: str = Field(min_length=1)
    staffing_model: str = Field(min_length=1)
    purpose: str
    hubs: Hubs
    population: Population
    demand: Demand
    screening: Screening
    incident: dict[str, MajorIncident] = {}
    """Incidents by name; empty for none."""
    pathway: Pathway
    staffing: Staffing
    costs: Costs
    standards: Standards
    run: Run
    uncertainty: Uncertainty
