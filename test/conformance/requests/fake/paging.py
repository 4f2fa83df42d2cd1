"""Pages of a list. A token holds for the query that it was given to, and for no other."""

import hashlib
import json
from dataclasses import dataclass

from .refusal import Refusal
from .variation import Variation
from .world import Job


@dataclass(frozen=True)
class Page:
    jobs: list[Job]
    token: str | None


def page(jobs: list[Job], query: dict[str, object], token: object, size: int, variation: Variation, code: str) -> Page:
    """The page that the token names, of at most `size` jobs; `code` is the service's error for a wrong token."""
    size = min(size, variation.page_size)
    mark = hashlib.sha256(json.dumps(query, sort_keys=True).encode()).hexdigest()[:12]
    start, empty_before = _position(token, mark, code, variation.empty_pages)
    if empty_before:
        return Page([], f"{mark}.{start}.full")
    following = start + size
    if following < len(jobs):
        return Page(jobs[start:following], f"{mark}.{following}.{'empty' if variation.empty_pages else 'full'}")
    return Page(jobs[start:following], "" if variation.empty_last_token else None)


def _position(token: object, mark: str, code: str, empty_pages: bool) -> tuple[int, bool]:
    if token is None:
        return 0, empty_pages
    parts = str(token).split(".")
    if len(parts) != 3 or not parts[1].isdigit():
        raise Refusal(code, f"The token {token!r} is not valid.")
    if parts[0] != mark:
        raise Refusal(code, "The token belongs to a query with other parameters.")
    return int(parts[1]), parts[2] == "empty"
