"""Compares what Nightscore lets through as a request with AWS's models: no request that it takes may break a model."""

import copy
import json
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from botocore.model import Shape

from fake.aws_models import operation_of
from fake.shape_check import violations
from processes import HERE
from scenario import fraud_detector, machine_learning, personalize

# The create call of each service, and its member that is the job's id.
CREATES = {
    "machine-learning/batch-prediction": ("machinelearning", "CreateBatchPrediction", "BatchPredictionId"),
    "fraud-detector/batch-prediction": ("frauddetector", "CreateBatchPredictionJob", "jobId"),
    "personalize/batch-inference": ("personalize", "CreateBatchInferenceJob", "jobName"),
    "personalize/batch-segment": ("personalize", "CreateBatchSegmentJob", "jobName"),
}
ODD_CHARACTERS = (
    "",
    " ",
    "\n",
    "\t",
    "!",
    "ü",
    "日",
    "😀",
    "%",
    "#",
    "?",
    ":",
    "//",
    "/../",
    "\\",
    '"',
    "A",
    "_",
    ".",
    "aws:",
)
ODD_VALUES: tuple[object, ...] = (None, True, 0, -1, 1.5, 2**31, 2**53, "1", [], {}, [None], {"a": 1}, float(10**20))
RANDOM_REQUESTS = 400


@dataclass(frozen=True)
class Disagreement:
    service: str
    request: dict[str, object]
    problem: str


def disagreements() -> tuple[int, list[Disagreement]]:
    """How many requests were compared, and those that Nightscore would send and AWS would refuse."""
    cases = [(service, request, identity) for service in CREATES for request, identity in _cases(service)]
    lines = (json.dumps({"service": s, "request": r, "identity": i}) for s, r, i in cases)
    script = ["node", str(HERE / "schema-verdicts.js")]
    answers = subprocess.run(script, input="\n".join(lines), capture_output=True, text=True, check=True).stdout
    found = []
    for (service, request, _), line in zip(cases, answers.splitlines(), strict=True):
        verdict = json.loads(line)
        aws_service, operation, id_member = CREATES[service]
        shape = operation_of(aws_service, operation).input_shape
        wrong = list(violations(shape, {**request, id_member: verdict["id"]}, operation))
        if verdict["accepted"] and wrong:
            found.append(Disagreement(service, request, wrong[0]))
        elif not verdict["accepted"] and request == _base(service):
            found.append(Disagreement(service, request, "Nightscore refuses the request that every scenario makes"))
    return len(cases), found


def _cases(service: str) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    chance = random.Random(service)
    aws_service, operation, id_member = CREATES[service]
    shape = operation_of(aws_service, operation).input_shape
    full = _filled(shape, _base(service))
    del full[id_member]
    yield _base(service), _identity(chance)
    paths = list(_paths(full, ()))
    for path in paths:
        for value in (*ODD_VALUES, *_texts_near(_at(full, path), _shape_at(shape, path))):
            yield _with(full, path, value), _identity(chance)
        yield _without(full, path), _identity(chance)
    for _ in range(RANDOM_REQUESTS):
        request = full
        for path in chance.sample(paths, 2):
            near = list(_texts_near(_at(full, path), _shape_at(shape, path)))
            request = _with(request, path, chance.choice(near)) if near and _holds(request, path) else request
        yield request, _identity(chance)


def _base(service: str) -> dict[str, object]:
    bases = {
        "machine-learning/batch-prediction": machine_learning("base"),
        "fraud-detector/batch-prediction": fraud_detector("base"),
        "personalize/batch-inference": personalize("base"),
        "personalize/batch-segment": personalize("base", kind="segment"),
    }
    return dict(bases[service]["with"])


def _filled(shape: Shape, base: dict[str, object]) -> dict[str, object]:
    """The request with every member that the model has."""
    return {name: base.get(name, _example(name, member)) for name, member in shape.members.items()}


def _example(name: str, shape: Shape) -> object:
    match shape.type_name:
        case "structure":
            return {member: _example(member, inner) for member, inner in shape.members.items()}
        case "list":
            return [_example(name, shape.member)]
        case "map":
            allowed = shape.key.metadata.get("enum", ["key"])
            return {allowed[0]: _example(name, shape.value)}
        case "integer" | "long":
            return 1
        case "double" | "float":
            return 0.5
        case "boolean":
            return True
    if "enum" in shape.metadata:
        return shape.metadata["enum"][0]
    return "arn:aws:personalize:us-east-1:123456789012:filter/f" if name.endswith("Arn") else "text"


def _texts_near(value: object, shape: Shape) -> Iterator[object]:
    if not isinstance(value, str):
        return
    for odd in ODD_CHARACTERS:
        yield odd
        yield value + odd
        yield odd + value
        yield value[: len(value) // 2] + odd + value[len(value) // 2 :]
    for bound in ("min", "max"):
        if bound in shape.metadata:
            length = shape.metadata[bound]
            for size in (length - 1, length, length + 1):
                if size >= 0:
                    yield (value + "a" * size)[:size]


def _identity(chance: random.Random) -> dict[str, object]:
    letters = "abcXYZ019._+:=@~-"
    key = "".join(chance.choices(letters, k=chance.randint(1, 128)))
    pipeline = "".join(chance.choices("ab0-", k=chance.randint(1, 63)))
    step = "".join(chance.choices("ab0_", k=chance.randint(1, 63)))
    return {"namespace": "default", "runKey": f"{pipeline}/{key}", "step": step, "attempt": chance.randint(1, 10)}


Path = tuple[str | int, ...]


def _paths(value: object, at: Path) -> Iterator[Path]:
    """Every member, at any depth."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in entries:
        yield (*at, name)
        yield from _paths(inner, (*at, name))


def _at(value: object, path: Path) -> object:
    for name in path:
        value = value[name]
    return value


def _holds(value: object, path: Path) -> bool:
    try:
        return isinstance(_at(value, path), str)
    except (KeyError, IndexError, TypeError):
        return False


def _shape_at(shape: Shape, path: Path) -> Shape:
    for name in path:
        inner = {"structure": "members", "list": "member", "map": "value"}[shape.type_name]
        shape = shape.members[name] if inner == "members" else getattr(shape, inner)
    return shape


def _with(request: dict[str, object], path: Path, value: object) -> dict[str, object]:
    changed = copy.deepcopy(request)
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def _without(request: dict[str, object], path: Path) -> dict[str, object]:
    changed = copy.deepcopy(request)
    del _at(changed, path[:-1])[path[-1]]
    return changed
