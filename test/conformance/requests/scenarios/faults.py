"""Calls that go wrong and may be made again."""

from fake.variation import Fault, Variation
from scenario import Scenario, all_services, copy, machine_learning
from scenarios.calls import CREATES, EVERYTHING, GETS, THROTTLE, denied

RANDOM = (
    Fault(EVERYTHING, probability=0.15, **THROTTLE),
    Fault(EVERYTHING, "refuse", probability=0.1),
    Fault(CREATES, "refuse", probability=0.3, after_effect=True),
    Fault(EVERYTHING, "reset", probability=0.05, after_effect=True),
    Fault(EVERYTHING, "html", probability=0.05),
    Fault(GETS, "garbage", probability=0.05),
    Fault(("s3:",), "refuse", "SlowDown", "Please reduce your request rate.", 503, probability=0.2),
)
EXPIRED = "The security token included in the request is expired"
ERROR_FORMS = ("type", "namespaced", "header", "numeric-code")


def _every_service(name: str, *faults: Fault, seconds: float = 90) -> Scenario:
    return Scenario(name, all_services(name), "succeeded", Variation(faults=faults), seconds=seconds)


def _copying(name: str, fault: Fault | None = None, to_bucket: str | None = None, says: str = "") -> Scenario:
    """A job that succeeds and whose results cannot be copied."""
    steps = {"ml": machine_learning(name), "copy_ml": copy(name, "ml", to_bucket=to_bucket)}
    variation = Variation(faults=(fault,) if fault else ())
    return Scenario(name, steps, "failed", variation, {"copy_ml": "failed"}, says={"copy_ml": says})


FAULTS = [
    *(
        Scenario(
            f"random-faults-{form}",
            all_services(f"random-faults-{form}"),
            "succeeded",
            Variation(faults=RANDOM, error_form=form, running_seconds=4),
            may_adopt=True,
            seconds=300,
        )
        for form in ERROR_FORMS
    ),
    _every_service("outage", Fault(EVERYTHING, "html", only_when="running", count=30)),
    _every_service(
        "expired-token", Fault(GETS, "refuse", "ExpiredTokenException", EXPIRED, 400, count=6, spares=4), seconds=300
    ),
    _every_service("empty-answers", *(Fault((get,), kind, count=1) for get in GETS for kind in ("object", "nothing"))),
    _every_service("never-answered", Fault(GETS, "never", only_when="running", count=4), seconds=300),
    # Patience with one kind of failure must not be used up by another kind.
    Scenario(
        "changing-faults",
        {"ml": machine_learning("changing-faults")},
        "succeeded",
        Variation(
            faults=(
                Fault(CREATES, "refuse", count=4),
                Fault(CREATES, "refuse", "WeirdException", "Never heard of", 400, count=2),
            )
        ),
        may_create_again=True,
    ),
    _copying("no-such-bucket", to_bucket="acme-nowhere", says="NoSuchBucket"),
    _copying("copy-denied", denied(("s3:CopyObject",), "s3:PutObject"), says="s3:PutObject"),
]
