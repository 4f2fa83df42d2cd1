"""Waits for jobs the way that scripts do: by asking again."""

import time
from collections.abc import Callable
from typing import Any

LONGEST_SECONDS = 20


def follows(seen: list[str], way: list[str]) -> bool:
    """Whether the statuses come in this order and end as it does; a short one may have been missed."""
    order = [way.index(status) if status in way else -1 for status in seen]
    return order == sorted(order) and order[0] >= 0 and seen[-1] == way[-1]


def statuses_until(ended: set[str], status: Callable[..., str], *job: Any) -> list[str]:
    """Every status that was seen, in order and each once, until one of those."""
    seen: list[str] = []
    deadline = time.monotonic() + LONGEST_SECONDS
    while not seen or seen[-1] not in ended:
        if time.monotonic() > deadline:
            raise TimeoutError(f"still {seen[-1]} after {LONGEST_SECONDS} s")
        now = status(*job)
        if not seen or seen[-1] != now:
            seen.append(now)
        time.sleep(0.02)
    return seen
