"""The pipelines that Nightscore's examples show, as scenarios: as they are, but for the region and the bucket."""

import re
from pathlib import Path

import yaml

from fake.variation import Variation
from processes import ROOT
from scenario import Scenario, Step, bucket_of, region_of

DATE = "2026-11-20"
EXPRESSION = re.compile(r"\$\{\{ (?:(run\.date)|params\.(\w+)|steps\.(\w+)\.outputUri) \}\}")
# As many records as the examples' gates ask for.
RECORDS = 5_000


def example_scenarios() -> list[Scenario]:
    return [_example(path) for path in sorted((ROOT / "examples" / "pipelines").glob("*.yaml"))]


def _example(path: Path) -> Scenario:
    name = path.stem
    text = path.read_text().replace("eu-west-1", region_of(name)).replace("nightscore-examples", bucket_of(name))
    definition = yaml.safe_load(text)
    params = {param: str(details["default"]) for param, details in definition["params"].items()}
    steps: dict[str, Step] = {}
    for step_id, step in definition["steps"].items():
        steps[step_id] = _rendered(step, params, steps)
    return Scenario(name, steps, "succeeded", Variation(records=RECORDS), file=text, when=("--date", DATE))


def _rendered(value: object, params: dict[str, str], steps: dict[str, Step]) -> object:
    """The value with its expressions replaced, as far as the examples use any."""
    if isinstance(value, dict):
        return {name: _rendered(member, params, steps) for name, member in value.items()}
    if not isinstance(value, str):
        return value

    def replaced(found: re.Match[str]) -> str:
        date, param, step = found.groups()
        return DATE if date else params[param] if param else _output_of(steps[step])

    return EXPRESSION.sub(replaced, value)


def _output_of(step: Step) -> str:
    request = dict(step["with"])
    return str(request.get("OutputUri") or request.get("outputPath"))
