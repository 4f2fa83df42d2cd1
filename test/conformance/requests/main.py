"""Runs every scenario (or those named on the command line) against the fake, with the real Temporal server and worker.

Exits 0 only if every request was valid by AWS's models and every run ended, on time and truthfully.
"""

import json
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fake.objects import Objects
from fake.server import Fake
from fake.world import World
from processes import Ended, TemporalServer, Worker, environment, parse_report, run_command
from scenario import Scenario, bucket_of
from scenarios import SCENARIOS
from schemas import disagreements
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
        self.faults: list[str] = []
        self._objects = Objects()
        self._worlds = {scenario.region: World(scenario.region, scenario.variation) for scenario in scenarios}
        self.fake = Fake(self._objects, self._worlds)
        self._temporal = TemporalServer()
        self._env = environment(folder, self._temporal.address, self.fake.url)
        self.log = folder / "worker.log"

    def run(self) -> list[Verdict]:
        """Runs all scenarios; when half of them have been started, another worker takes the place of the first."""
        first = Worker(self.log, self._env)
        with ThreadPoolExecutor(SCENARIOS_AT_ONCE) as pool:
            verdicts = [pool.submit(self._run, scenario) for scenario in self._scenarios]
            for _ in range(len(self._scenarios) // 2):
                self._started.acquire()
            second = Worker(self.log, self._env)
            self._end(first)
            found = [verdict.result() for verdict in verdicts]
        self._end(second)
        return found

    def _end(self, worker: Worker) -> None:
        code = worker.close()
        if code != 0:
            self.faults.append(f"a worker that was asked to stop exited with {code}: see {self.log}")

    def close(self) -> None:
        self._temporal.close()
        self.fake.close()
        self._objects.close()

    def _run(self, scenario: Scenario) -> Verdict:
        world = self._worlds[scenario.region]
        self._objects.make_bucket(bucket_of(scenario.name))
        (self._folder / f"{scenario.name}.yaml").write_text(scenario.pipeline)
        command = ["start", scenario.name, *scenario.when, "--wait", "--json"]
        with ThreadPoolExecutor(scenario.starts + 1) as pool:
            started = time.time()
            pool.submit(self._cancel, scenario, world)
            runs = [pool.submit(run_command, command, self._env, scenario.seconds) for _ in range(scenario.starts)]
            self._started.release()
            ends = [run.result() for run in runs]
        seconds = time.time() - started
        return Verdict(scenario, seconds, [fault for ended in ends for fault in self._judge(scenario, world, ended)])

    def _cancel(self, scenario: Scenario, world: World) -> None:
        if scenario.cancel_when is None:
            return
        state = scenario.cancel_when
        if world.wait_for(lambda jobs: any(job.state() == state for job in jobs), scenario.seconds):
            run_command(["cancel", scenario.run], self._env, scenario.seconds)

    def _judge(self, scenario: Scenario, world: World, ended: Ended):
        yield from secrets_in(ended.stdout + ended.stderr)
        if ended.hung:
            states = {job.id: job.state() for job in world.jobs.values()}
            yield f"HANG: not ended after {scenario.seconds} s; jobs at the service: {states}; last said: {ended.stderr[-400:]!r}"
            return
        report = parse_report(ended)
        if isinstance(report, str):
            yield report
        else:
            (self._folder / f"{scenario.name}.report.json").write_text(json.dumps(report, indent=1))
            yield from lies(scenario, world, report, ended, self._objects)


def main(names: list[str]) -> int:
    chosen = [scenario for scenario in SCENARIOS if not names or scenario.name in names]
    # Those that take longest first.
    chosen.sort(key=lambda scenario: -scenario.seconds)
    folder = Path(tempfile.mkdtemp(prefix="nightscore-requests-"))
    conformance = Conformance(folder, chosen)
    try:
        verdicts = conformance.run()
    finally:
        conformance.close()
    compared, disagreeing = disagreements()
    ledger = conformance.fake.ledger
    violations = ledger.violations()
    faults = [*conformance.faults, *conformance.fake.own_faults, *secrets_in(conformance.log.read_text())]
    print(ledger.table())
    for (operation, text), count in violations.most_common():
        print(f"VIOLATION {count}x {operation}: {text}")
    examples = {each.problem.partition(": ")[0]: each.problem for each in disagreeing}
    for example in examples.values():
        print(f"SCHEMA Nightscore would send what AWS refuses: {example}")
    for verdict in sorted(verdicts, key=lambda verdict: verdict.scenario.name):
        print(f"{'ok  ' if not verdict.faults else 'FAIL'} {verdict.seconds:5.1f} s  {verdict.scenario.name}")
        for fault in verdict.faults:
            print(f"       {fault}")
    for fault, times in Counter(faults).items():
        print(f"FAULT {times}x {fault}")
    wrong = sum(bool(verdict.faults) for verdict in verdicts)
    print(
        f"{len(ledger.calls)} requests, {sum(violations.values())} violations; "
        f"{len(verdicts) - wrong} of {len(verdicts)} scenarios as they must be. Reports and the worker's log: {folder}"
    )
    print(f"{compared} requests compared with the models, {len(disagreeing)} that Nightscore would send and AWS would refuse.")
    return 1 if violations or faults or wrong or disagreeing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
