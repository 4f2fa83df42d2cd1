"""Every request that was made, and what was wrong with it."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    at: float
    region: str
    service: str
    operation: str
    # HTTP status of the answer, or what happened instead of one.
    answer: str
    violations: tuple[str, ...]


@dataclass
class Ledger:
    calls: list[Call] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, region: str, service: str, operation: str, answer: str, violations: list[str]) -> None:
        with self._lock:
            self.calls.append(Call(time.time(), region, service, operation, answer, tuple(violations)))

    def violations(self) -> Counter[tuple[str, str]]:
        """How often each violation was seen, by operation and text."""
        return Counter((call.operation, text) for call in self.calls for text in call.violations)

    def table(self) -> str:
        """One line for each operation: requests, answers other than 200, violations."""
        requests = Counter((call.service, call.operation) for call in self.calls)
        faults = Counter((call.service, call.operation) for call in self.calls if not call.answer.startswith("2"))
        wrong = Counter((call.service, call.operation) for call in self.calls if call.violations)
        rows = [
            f"{service:<16}{operation:<28}{requests[service, operation]:>9}{faults[service, operation]:>8}"
            f"{wrong[service, operation]:>12}"
            for service, operation in sorted(requests)
        ]
        return "\n".join([f"{'service':<16}{'operation':<28}{'requests':>9}{'faults':>8}{'violations':>12}", *rows])
