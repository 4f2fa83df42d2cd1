"""Runs that are cancelled, and steps that time out: the report must say what became of the job."""

from fake.variation import Fault, Variation
from scenario import Scenario, copy, fraud_detector, machine_learning, many, personalize
from scenarios.calls import CREATES, GETS, LISTS, denied

LOST = Fault(CREATES, "reset", after_effect=True, count=1)
STOP_FAILS = Fault(("Cancel",), "refuse", count=2)
STOP_IS_LOST = Fault(("Cancel",), "reset", after_effect=True, count=1)
OUTAGE = Fault((*GETS, *LISTS), "html", only_when="begun", count=8)
AT_ONCE = {"may_adopt": True, "cancel_when": "queued"}


def _fraud(name: str, fd: str, variation: dict[str, object] | None = None, **more: object) -> Scenario:
    """A run with a job that can be stopped, cancelled while the job runs."""
    steps = {"fd": fraud_detector(name), "copy_fd": copy(name, "fd")}
    world = Variation(**{"running_seconds": 45, **(variation or {})})
    outcomes = {"fd": fd, "copy_fd": "cancelled"}
    return Scenario(name, steps, "cancelled", world, outcomes, **{"cancel_when": "running", **more})


def _cannot_be_stopped(name: str) -> Scenario:
    steps = {
        "ml": machine_learning(name),
        "pi": personalize(name),
        "copy_ml": copy(name, "ml"),
        "copy_pi": copy(name, "pi"),
    }
    outcomes = {"ml": "left-running", "pi": "left-running", "copy_ml": "cancelled", "copy_pi": "cancelled"}
    return Scenario(name, steps, "cancelled", Variation(running_seconds=30), outcomes, cancel_when="running")


def _timeout(name: str) -> Scenario:
    steps = {
        "fd": fraud_detector(name, timeout="4s"),
        "ml": machine_learning(name, timeout="4s"),
        "pi": personalize(name, timeout="4s"),
    }
    outcomes = {"fd": "stopped", "ml": "left-running", "pi": "left-running"}
    return Scenario(name, steps, "failed", Variation(running_seconds=30), outcomes)


CANCELS = [
    _fraud("cancel-fd", "stopped"),
    _fraud("cancel-fd-queued", "stopped", {"queued_seconds": 8}, cancel_when="queued"),
    _fraud("cancel-lost-race", "succeeded", {"stop_end": "succeeded"}),
    _fraud("cancel-then-failed", "failed", {"stop_end": "failed"}),
    _fraud("cancel-faulty-stop", "stopped", {"faults": (STOP_FAILS, STOP_IS_LOST)}),
    _fraud("cancel-denied-stop", "left-running", {"faults": (denied(("Cancel",), "a stop"),), "running_seconds": 30}),
    _fraud("cancel-lost-start", "stopped", {"faults": (LOST,)}, **AT_ONCE),
    _fraud(
        "cancel-late-start",
        "stopped",
        {"faults": (LOST,), "invisible_seconds": 4, "queued_seconds": 20},
        may_create_again=True,
        **AT_ONCE,
    ),
    _fraud("cancel-in-outage", "stopped", {"faults": (OUTAGE,), "running_seconds": 70}, seconds=300),
    _cannot_be_stopped("cancel-ml"),
    Scenario(
        "cancel-waiting",
        many("cancel-waiting", 2, fraud_detector),
        "cancelled",
        Variation(running_seconds=45),
        any_order=("stopped", "cancelled"),
        cancel_when="running",
        may_create_again=True,
    ),
    _timeout("timeout"),
    Scenario(
        "leave",
        {"fd": fraud_detector("leave", timeout="4s", onCancel="leave")},
        "failed",
        Variation(running_seconds=30),
        {"fd": "left-running"},
    ),
]
