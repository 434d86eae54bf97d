"""Where the files that come with the simulator lie: defaults, scenarios and prices."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml  # type: ignore[import-untyped]


def conf_dir() -> Path:
    """Return the folder of defaults: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "conf"
    return inside if inside.is_dir() else package.parent / "conf"


def scenarios_dir(conf: Path | None = None) -> Path:
    """Return the folder of scenarios, which always lies beside the folder of defaults."""
    return (conf or conf_dir()).parent / "scenarios"


@lru_cache(maxsize=1)
def shipped_prices() -> dict[str, dict[str, dict[str, float]]]:
    """Return the pay of each price year that comes with the simulator, by band."""
    files = sorted((conf_dir() / "costs").glob("*.yaml"))
    costs = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return {str(each["price_year"]): each["pay_gbp_per_year"] for each in costs}
