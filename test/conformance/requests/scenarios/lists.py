"""Many jobs of one service, so that they are watched by lists."""

from fake.variation import Variation
from scenario import Scenario, many, personalize
from scenarios.calls import LISTS as LIST_CALLS
from scenarios.calls import denied

PAGES_OF_ONE = Variation(page_size=1, empty_pages=True, empty_last_token=True, running_seconds=5)
DENIED = Variation(faults=(denied(LIST_CALLS, "a list"),))

LISTS = [
    Scenario("pages-of-one", many("pages-of-one", 6), "succeeded", PAGES_OF_ONE),
    Scenario("pages-of-one-pz", many("pages-of-one-pz", 5, personalize), "succeeded", PAGES_OF_ONE),
    Scenario("list-denied", many("list-denied", 5), "succeeded", DENIED),
    Scenario("list-denied-pz", many("list-denied-pz", 5, personalize), "succeeded", DENIED),
    Scenario("stale-lists", many("stale-lists", 5), "succeeded", Variation(stale_list_seconds=6)),
]
