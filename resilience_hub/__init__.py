"""The Resilience Hub simulator in a notebook or a script.

Five lines from import to a chart::

    import resilience_hub as hub

    surge = hub.load(scenario="major_incident")
    result = surge.simulate(replications=20)
    result.waits
    result.plot()

This is an entrance and has no rules of its own: configurations are composed, refused, simulated and counted by what the
command `hub` calls, so the same configuration and seed give the same numbers to the byte.
"""

from resilience_hub import own_parts

own_parts.load()

from resilience_hub.comparison import Comparison, compare  # noqa: E402 (first its own parts)
from resilience_hub.configuration import Configuration, load, options  # noqa: E402
from resilience_hub.results import Results  # noqa: E402
from resilience_hub.sizing import Sizing  # noqa: E402
from sim.errors import HubError  # noqa: E402

__all__ = ["Comparison", "Configuration", "HubError", "Results", "Sizing", "compare", "load", "options"]
