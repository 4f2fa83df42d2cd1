"""Counts what holds and what does not."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError


class Checks:
    def __init__(self) -> None:
        self._passed = 0
        self._failures: list[str] = []

    def true(self, what: str, holds: bool, detail: object = "") -> None:
        if holds:
            self._passed += 1
        else:
            self._failures.append(f"{what}: {str(detail)[:500]}" if detail != "" else what)

    def equal(self, what: str, actual: Any, expected: Any) -> None:
        self.true(what, actual == expected, f"{actual!r} instead of {expected!r}")

    def none(self, what: str, problems: list[str]) -> None:
        self.true(what, not problems, "; ".join(problems))

    def refused(self, what: str, error: str, call: Callable[..., Any], **arguments: Any) -> None:
        """The client must see exactly this error."""
        try:
            call(**arguments)
        except ClientError as refusal:
            self.equal(what, refusal.response["Error"]["Code"], error)
        else:
            self.true(what, False, f"accepted, instead of {error}")

    def report(self) -> int:
        """Prints the result; returns the exit code."""
        for failure in self._failures:
            print(f"FAILED {failure}")
        failed = f", {len(self._failures)} failed" if self._failures else ""
        print(f"{self._passed} checks passed{failed}")
        return 1 if self._failures else 0
