"""One world: a region with its jobs, which move on by time."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from .variation import Fault, Variation

ACCOUNT = "123456789012"
ACTIVE_STATES = ("queued", "running", "stopping")


@dataclass
class Job:
    """A job of any service. States are those of Nightscore's design, so that the truth can be compared."""

    kind: str
    id: str
    request: dict[str, object]
    variation: Variation
    created_at: float = field(default_factory=time.time)
    stop_at: float | None = None
    results_written: bool = False

    @property
    def started_at(self) -> float:
        return self.created_at + self.variation.queued_seconds

    @property
    def ended_at(self) -> float:
        if self.stop_at is not None:
            return self.stop_at + self.variation.stopping_seconds
        return self.started_at + self.variation.running_seconds

    def state(self, now: float | None = None) -> str:
        now = time.time() if now is None else now
        if now >= self.ended_at:
            return self.variation.stop_end if self.stop_at is not None else self.variation.end
        if self.stop_at is not None and now >= self.stop_at:
            return "stopping"
        return "running" if now >= self.started_at else "queued"

    def is_active(self, now: float | None = None) -> bool:
        return self.state(now) in ACTIVE_STATES

    def is_visible(self) -> bool:
        return time.time() >= self.created_at + self.variation.invisible_seconds

    def progress(self, now: float) -> int:
        """Records that have been processed."""
        share = (min(now, self.ended_at) - self.started_at) / self.variation.running_seconds
        return max(0, min(self.variation.records, round(self.variation.records * share)))


@dataclass
class World:
    region: str
    variation: Variation
    jobs: dict[tuple[str, str], Job] = field(default_factory=dict)
    # Create calls by job, those that took effect and those that came after one had.
    creates: Counter[tuple[str, str]] = field(default_factory=Counter)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _befallen: Counter[Fault] = field(default_factory=Counter)
    _seen: Counter[Fault] = field(default_factory=Counter)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.region)

    def create(self, kind: str, job_id: str, request: dict[str, object]) -> Job:
        job = Job(kind, job_id, request, self.variation)
        self.jobs[kind, job_id] = job
        return job

    def find(self, kind: str, job_id: str) -> Job | None:
        """The job, as a caller may see it."""
        job = self.jobs.get((kind, job_id))
        if job is None and self.variation.imposter:
            return Job(kind, job_id, dict(self.variation.imposter), self.variation)
        if job is None or not job.is_visible() or job.state() == "gone":
            return None
        return job

    def listed(self, kind: str) -> list[Job]:
        """The jobs of a kind, the latest first."""
        jobs = [job for (of, _), job in self.jobs.items() if of == kind and job.is_visible() and job.state() != "gone"]
        return sorted(jobs, key=lambda job: -job.created_at)

    def fault(self, operation: str) -> Fault | None:
        """What befalls this call, if anything."""
        with self.lock:
            for fault in self.variation.faults:
                if not operation.startswith(fault.operations) or not self._is_time_for(fault):
                    continue
                self._seen[fault] += 1
                if self._seen[fault] <= fault.spares or self._befallen[fault] >= fault.count:
                    continue
                if self._random.random() < fault.probability:
                    self._befallen[fault] += 1
                    return fault
        return None

    def _is_time_for(self, fault: Fault) -> bool:
        if fault.only_when == "always":
            return True
        if fault.only_when == "begun":
            return any(time.time() >= job.started_at for job in self.jobs.values())
        return any(job.state() == fault.only_when for job in self.jobs.values())

    def wait_until_some_job_is(self, state: str, seconds: float) -> bool:
        """Whether some job came into the state in time."""
        deadline = time.time() + seconds
        while time.time() < deadline:
            if any(job.state() == state for job in list(self.jobs.values())):
                return True
            time.sleep(0.05)
        return False
