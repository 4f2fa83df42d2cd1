"""Runs every scenario, or those named on the command line.

Exits 0 only if every request was valid by AWS's models and every run ended, on time and truthfully.
"""

import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

from conformance import Conformance, Verdict
from fake.ledger import Ledger
from processes import end_all
from scenarios import SCENARIOS
from schemas import Disagreement, disagreements


def main(names: list[str]) -> int:
    signal.signal(signal.SIGTERM, _end_early)
    signal.signal(signal.SIGINT, _end_early)
    # Those that take longest first.
    chosen = sorted(
        (scenario for scenario in SCENARIOS if not names or scenario.name in names), key=lambda each: -each.seconds
    )
    folder = Path(tempfile.mkdtemp(prefix="nightscore-requests-"))
    conformance = Conformance(folder, chosen)
    try:
        verdicts = conformance.run()
    finally:
        conformance.close()
        end_all()
    compared, disagreeing = disagreements()
    _print_requests(conformance.fake.ledger)
    _print_schemas(compared, disagreeing)
    _print_verdicts(verdicts, conformance.faults())
    print(f"The pipelines, the reports and the workers' log: {folder}")
    wrong = any(verdict.faults for verdict in verdicts)
    return 1 if wrong or conformance.fake.ledger.violations() or conformance.faults() or disagreeing else 0


def _end_early(number: int, _frame: object) -> None:
    end_all()
    sys.exit(128 + number)


def _print_requests(ledger: Ledger) -> None:
    violations = ledger.violations()
    print(ledger.table())
    for (operation, text), times in violations.most_common():
        print(f"VIOLATION {times}x {operation}: {text}")
    print(f"{len(ledger.calls)} requests, {violations.total()} violations\n")


def _print_schemas(compared: int, disagreeing: list[Disagreement]) -> None:
    examples = {each.problem.partition(": ")[0]: each.problem for each in disagreeing}
    for example in examples.values():
        print(f"SCHEMA Nightscore would send what AWS refuses: {example}")
    print(f"{compared} made-up requests compared with the models: {len(disagreeing)} would be sent and refused\n")


def _print_verdicts(verdicts: list[Verdict], faults: list[str]) -> None:
    for verdict in sorted(verdicts, key=lambda each: each.scenario.name):
        print(f"{'FAIL' if verdict.faults else 'ok  '} {verdict.seconds:5.1f} s  {verdict.scenario.name}")
        for fault in verdict.faults:
            print(f"       {fault}")
    for fault, times in Counter(faults).items():
        print(f"FAULT {times}x {fault}")
    right = sum(not verdict.faults for verdict in verdicts)
    print(f"{right} of {len(verdicts)} scenarios as they must be")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
