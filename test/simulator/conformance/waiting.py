"""Waits for jobs the way that scripts do: by asking again."""

import time
from collections.abc import Callable

LONGEST_SECONDS = 20


def statuses_until(ended: set[str], status: Callable[[], str]) -> list[str]:
    """Every status that was seen, in order and each once, until one of those."""
    seen: list[str] = []
    deadline = time.monotonic() + LONGEST_SECONDS
    while not seen or seen[-1] not in ended:
        if time.monotonic() > deadline:
            raise TimeoutError(f"still {seen[-1]} after {LONGEST_SECONDS} s")
        now = status()
        if not seen or seen[-1] != now:
            seen.append(now)
        time.sleep(0.02)
    return seen
