"""Runs scenarios against the fake, with a real Temporal server, real workers and the real command."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fake.objects import Objects
from fake.server import Fake
from fake.world import World
from processes import Ended, TemporalServer, Worker, environment, parse_report, run_command
from scenario import Scenario, bucket_of
from truth import lies, secrets_in

# Every command that waits asks for its run each second, and its worker must answer.
SCENARIOS_AT_ONCE = 16


@dataclass(frozen=True)
class Verdict:
    scenario: Scenario
    seconds: float
    faults: list[str]


class Conformance:
    def __init__(self, folder: Path, scenarios: list[Scenario]) -> None:
        self._folder = folder
        self._scenarios = scenarios
        self._started = threading.Semaphore(0)
        self._worlds = {scenario.region: World(scenario.region, scenario.variation) for scenario in scenarios}
        self._objects = Objects()
        self.fake = Fake(self._objects, self._worlds)
        self._temporal = TemporalServer()
        self._env = environment(folder, self._temporal.address, self.fake.url)
        self._log = folder / "worker.log"
        self._faults: list[str] = []

    def run(self) -> list[Verdict]:
        """Runs all scenarios; when half of them have been started, another worker takes the place of the first."""
        first = Worker(self._log, self._env)
        with ThreadPoolExecutor(SCENARIOS_AT_ONCE) as pool:
            verdicts = [pool.submit(self._run, scenario) for scenario in self._scenarios]
            for _ in range(len(self._scenarios) // 2):
                self._started.acquire()
            second = Worker(self._log, self._env)
            self._end(first)
            found = [verdict.result() for verdict in verdicts]
        self._end(second)
        return found

    def close(self) -> None:
        self._temporal.close()
        self.fake.close()
        self._objects.close()

    def faults(self) -> list[str]:
        """What went wrong beside the scenarios: with the workers, or with the fake itself."""
        return [*self._faults, *self.fake.own_faults, *secrets_in(self._log.read_text())]

    def _end(self, worker: Worker) -> None:
        code = worker.close()
        if code != 0:
            self._faults.append(f"a worker that was asked to stop exited with {code}: see {self._log}")

    def _run(self, scenario: Scenario) -> Verdict:
        world = self._worlds[scenario.region]
        self._objects.make_bucket(bucket_of(scenario.name))
        (self._folder / f"{scenario.name}.yaml").write_text(scenario.pipeline)
        command = ["start", scenario.name, *scenario.when, "--wait", "--json"]
        started = time.time()
        with ThreadPoolExecutor(scenario.starts + 1) as pool:
            pool.submit(self._cancel, scenario, world)
            runs = [pool.submit(run_command, command, self._env, scenario.seconds) for _ in range(scenario.starts)]
            self._started.release()
            faults = [fault for run in runs for fault in self._judge(scenario, world, run.result())]
        return Verdict(scenario, time.time() - started, faults)

    def _cancel(self, scenario: Scenario, world: World) -> None:
        state = scenario.cancel_when
        if state is not None and world.wait_until_some_job_is(state, scenario.seconds):
            run_command(["cancel", scenario.run], self._env, scenario.seconds)

    def _judge(self, scenario: Scenario, world: World, ended: Ended) -> Iterator[str]:
        (self._folder / f"{scenario.name}.report.json").write_text(ended.stdout)
        yield from secrets_in(ended.stdout + ended.stderr)
        if ended.hung:
            states = {job.id: job.state() for job in world.jobs.values()}
            yield f"HANG: not ended after {scenario.seconds} s; its jobs are {states}; it said {ended.stderr[-400:]!r}"
            return
        report = parse_report(ended)
        if isinstance(report, str):
            yield report
        else:
            yield from lies(scenario, world, report, ended, self._objects)
