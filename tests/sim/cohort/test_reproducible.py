"""The cohort is the same in every process."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.integration


def test_luck_does_not_depend_on_pythons_string_hash():
    program = (
        "import hashlib\n"
        "from sim.compose import compose\n"
        "from sim.config import validate\n"
        "from sim.cohort.draw import draw_cohort\n"
        "cohort = draw_cohort(validate(compose('scenario=major_incident', 'run.horizon_days=365')), 0)\n"
        "told = ' '.join(cohort.client_ids) + str(cohort.referred_minute.tolist()) + str(cohort.points.tolist())\n"
        "print(hashlib.sha256(told.encode()).hexdigest())\n"
    )
    digests = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "4242")
    ]
    assert len(digests[0].strip()) == 64
    assert len(set(digests)) == 1
