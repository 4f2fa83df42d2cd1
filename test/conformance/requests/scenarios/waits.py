"""More jobs than a service takes at once: a wait, never a failure."""

from fake.variation import Variation
from scenario import Scenario, fraud_detector, many, personalize

# Nobody has recorded what Fraud Detector says to a second job.
REFUSALS = {
    "only-one": ("ValidationException", "Only one batch prediction job can run at a time."),
    "another-runs": ("ValidationException", "Another batch prediction job is in progress."),
    "maximum": ("ValidationException", "You have reached the maximum number of concurrent batch prediction jobs (1)."),
    "throttled": ("ThrottlingException", "Rate exceeded"),
    "unavailable": ("ResourceUnavailableException", "The resource is not available"),
}


def _two_jobs(name: str, refusal: tuple[str, str]) -> Scenario:
    steps = many(name, 2, fraud_detector)
    return Scenario(name, steps, "succeeded", Variation(one_at_a_time=refusal), seconds=300, may_create_again=True)


WAITS = [
    *(_two_jobs(f"one-at-a-time-{name}", refusal) for name, refusal in REFUSALS.items()),
    Scenario("seven-pz", many("seven-pz", 7, personalize), "succeeded", seconds=300, may_create_again=True),
]
