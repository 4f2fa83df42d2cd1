"""Creates that take effect and whose answers are lost: there must be one job, and the truth told of it."""

from fake.variation import Fault, Variation
from scenario import Scenario, all_services
from scenarios.calls import CREATES, THROTTLE

# Once for each of the four jobs.
WAYS = {
    "reset": Fault(CREATES, "reset", after_effect=True, count=4),
    "error": Fault(CREATES, "refuse", after_effect=True, count=4),
    "throttle": Fault(CREATES, after_effect=True, count=4, **THROTTLE),
    "html": Fault(CREATES, "html", after_effect=True, count=4),
    "garbage": Fault(CREATES, "garbage", after_effect=True, count=4),
}
INVISIBLE = {"invisible_seconds": 3.0, "running_seconds": 5}


def _lost(name: str, faults: tuple[Fault, ...], *, invisible: bool = False) -> Scenario:
    variation = Variation(faults=faults, **(INVISIBLE if invisible else {}))
    lost = bool(faults)
    again = lost and invisible
    return Scenario(name, all_services(name), "succeeded", variation, may_adopt=lost, may_create_again=again)


LOST_CREATES = [
    *(_lost(f"lost-{way}", (fault,)) for way, fault in WAYS.items()),
    *(_lost(f"late-{way}", (WAYS[way],), invisible=True) for way in ("reset", "throttle")),
    _lost("late", (), invisible=True),
]
