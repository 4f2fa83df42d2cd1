"""The scenarios. Each has a region, and so a world, of its own, so that many of them run at the same time."""

from scenarios.answers import ANSWERS
from scenarios.cancels import CANCELS
from scenarios.ends import ENDS
from scenarios.examples import example_scenarios
from scenarios.faults import FAULTS
from scenarios.lists import LISTS
from scenarios.lost_creates import LOST_CREATES
from scenarios.waits import WAITS

SCENARIOS = [*example_scenarios(), *ANSWERS, *LISTS, *FAULTS, *LOST_CREATES, *ENDS, *WAITS, *CANCELS]
