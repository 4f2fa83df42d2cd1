"""Jobs that do not succeed, or never start."""

from fake.variation import Fault, Variation
from scenario import Scenario, all_services, copy, fraud_detector, labels, machine_learning, many, personalize
from scenarios.calls import CREATES, GETS, denied

JOBS = ("ml", "fd", "pi", "ps")
COPIES = tuple(f"copy_{label}" for label in JOBS)
# As long as Amazon ML's may be.
LONG_MESSAGE = ("Zeile ü\n" + "The data source has no records that could be scored. " * 200)[:10240]
MANY = 120
IMPOSTER = {"MLModelId": "ml-other", "BatchPredictionDataSourceId": "ds-other", "OutputUri": "s3://acme-other/x/"}


def _one_job(name: str, outcome: str, **variation: object) -> Scenario:
    steps = {"ml": machine_learning(name), "copy_ml": copy(name, "ml")}
    return Scenario(name, steps, "failed", Variation(**variation), {"ml": outcome, "copy_ml": "skipped"})


def _every_service(name: str, outcome: str, says: str, **variation: object) -> Scenario:
    outcomes = {**dict.fromkeys(JOBS, outcome), **dict.fromkeys(COPIES, "skipped")}
    says_all = dict.fromkeys(JOBS, says)
    return Scenario(name, all_services(name), "failed", Variation(**variation), outcomes, says=says_all)


def _missing(name: str) -> Scenario:
    steps = {
        "ml": machine_learning(name, model="ml-missing"),
        "fd": fraud_detector(name, detector="missing"),
        "pi": personalize(name, solution="missing"),
    }
    says = dict.fromkeys(steps, "missing")
    return Scenario(name, steps, "failed", step_outcomes=dict.fromkeys(steps, "rejected"), says=says)


ENDS = [
    _one_job("deleted-by-others", "stopped", end="deleted"),
    _one_job("vanished", "lost", end="gone", running_seconds=4),
    _one_job("long-message", "failed", end="failed", message=LONG_MESSAGE),
    Scenario(
        "many-long",
        many("many-long", MANY),
        "failed",
        Variation(end="failed", message=LONG_MESSAGE),
        dict.fromkeys(labels(MANY), "failed"),
    ),
    _every_service("all-fail", "failed", "Invalid S3 input path", end="failed", message="Invalid S3 input path"),
    _missing("missing-things"),
    _every_service("denied", "rejected", "iam:PassRole", faults=(denied(CREATES, "iam:PassRole"),)),
    _every_service("get-denied", "rejected", "reading", faults=(denied(GETS, "reading"),)),
    Scenario(
        "imposter",
        {"ml": machine_learning("imposter")},
        "failed",
        Variation(imposter=IMPOSTER),
        {"ml": "rejected"},
        says={"ml": "ml-other"},
    ),
    Scenario(
        "second-attempt",
        {"ml": machine_learning("second-attempt", retry={"maxAttempts": 2})},
        "failed",
        Variation(end="failed", message="InternalServerError: We encountered an internal error."),
        {"ml": "failed"},
        seconds=300,
    ),
    _every_service(
        "unheard-of", "rejected", "Never heard of", faults=(Fault(CREATES, "refuse", "Weird", "Never heard of", 400),)
    ),
]
