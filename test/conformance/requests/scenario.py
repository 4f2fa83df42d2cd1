"""What one scenario is: a world, a pipeline that runs in it, and how the run must end."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from fake.variation import Variation
from fake.world import ACCOUNT

ROLE = f"arn:aws:iam::{ACCOUNT}:role/nightscore-tests"
Step = dict[str, object]


@dataclass(frozen=True)
class Scenario:
    # Lower-case letters and hyphens; also names the bucket and the pipeline.
    name: str
    steps: dict[str, Step]
    # How the run must end, and its steps; a step that is not named must have succeeded.
    outcome: str
    variation: Variation = field(default_factory=Variation)
    step_outcomes: dict[str, str] = field(default_factory=dict)
    # Instead of `step_outcomes`, where it is not known which step fares how.
    any_order: tuple[str, ...] = ()
    # Texts that the errors of steps must hold.
    says: dict[str, str] = field(default_factory=dict)
    # Cancels the run as soon as some job of its world is in this state.
    cancel_when: str | None = None
    # Longest time that the run may take, in seconds.
    seconds: float = 300
    # Whether a job may be found that existed before its start was known to have worked.
    may_adopt: bool = False
    # Create calls for one job may come again: because the service refused the first for want of a place, or because
    # the first took effect and did not show. The service must then find them harmless.
    may_create_again: bool = False

    # How many commands ask for the run at the same time.
    starts: int = 1
    # The pipeline's file, where it is not made of the steps.
    file: str | None = None
    # How the command is told which run it is to start.
    when: tuple[str, str] = ("--key", "k1")

    @property
    def region(self) -> str:
        return region_of(self.name)

    @property
    def run(self) -> str:
        return f"{self.name}/{self.when[1]}"

    @property
    def pipeline(self) -> str:
        return self.file or json.dumps({"name": self.name, "period": "none", "steps": self.steps})


def region_of(name: str) -> str:
    """A region that no other scenario has, short enough for every ARN: letters made of the name."""
    digest = hashlib.sha256(name.encode()).digest()
    return f"zz-{''.join(chr(ord('a') + byte % 26) for byte in digest[:8])}-1"


def bucket_of(name: str) -> str:
    return f"acme-{name}"


def machine_learning(name: str, label: str = "ml", model: str = "ml-churn-7", **more: object) -> Step:
    request = {
        "BatchPredictionName": f"{label} of {name}",
        "MLModelId": model,
        "BatchPredictionDataSourceId": "ds-customers_2026.11",
        "OutputUri": f"s3://{bucket_of(name)}/{label}/",
    }
    return {"uses": "machine-learning/batch-prediction", "region": region_of(name), "with": request, **more}


def fraud_detector(name: str, label: str = "fd", detector: str = "payments", **more: object) -> Step:
    request = {
        "inputPath": f"s3://{bucket_of(name)}/input/events.csv",
        "outputPath": f"s3://{bucket_of(name)}/{label}/",
        "eventTypeName": "card_payment",
        "detectorName": detector,
        "detectorVersion": "1",
        "iamRoleArn": ROLE,
        "tags": [{"key": "run", "value": "nightly"}],
    }
    return {"uses": "fraud-detector/batch-prediction", "region": region_of(name), "with": request, **more}


def personalize(name: str, label: str = "pi", kind: str = "inference", solution: str = "films", **more: object) -> Step:
    bucket = bucket_of(name)
    request = {
        "solutionVersionArn": f"arn:aws:personalize:{region_of(name)}:{ACCOUNT}:solution/{solution}/a1b2c3d4",
        "numResults": 10,
        "jobInput": {"s3DataSource": {"path": f"s3://{bucket}/input/viewers.jsonl"}},
        "jobOutput": {"s3DataDestination": {"path": f"s3://{bucket}/{label}/"}},
        "roleArn": ROLE,
    }
    return {"uses": f"personalize/batch-{kind}", "region": region_of(name), "with": request, **more}


def copy(name: str, label: str, *, to_bucket: str | None = None) -> Step:
    bucket = bucket_of(name)
    request = {"from": f"s3://{bucket}/{label}/", "to": f"s3://{to_bucket or bucket}/published/{label}/"}
    return {"uses": "s3/copy", "needs": [label], "region": region_of(name), "with": request}


def all_services(name: str) -> dict[str, Step]:
    """One job of each service, each with a copy of its results."""
    jobs = {
        "ml": machine_learning(name),
        "fd": fraud_detector(name),
        "pi": personalize(name),
        "ps": personalize(name, "ps", "segment"),
    }
    return {**jobs, **{f"copy_{label}": copy(name, label) for label in jobs}}


def labels(count: int) -> list[str]:
    return [f"job_{number:02}" for number in range(1, count + 1)]


def many(name: str, count: int, make: Callable[[str, str], Step] = machine_learning) -> dict[str, Step]:
    """Jobs of one service side by side."""
    return {label: make(name, label) for label in labels(count)}
