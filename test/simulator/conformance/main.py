"""Calls every operation of the simulator with AWS's own clients and holds every answer to AWS's own service models."""

import sys
import tempfile
from pathlib import Path

import constraints
import fraud_detector
import machine_learning
import personalize
import s3
import signatures
from aws import Aws
from checks import Checks
from simulator import running_simulator

SERVICES = (machine_learning, fraud_detector, personalize)


def main() -> int:
    checks = Checks()
    with (
        tempfile.TemporaryDirectory(prefix="nightscore-conformance-") as folder,
        running_simulator(Path(folder), checks) as endpoint,
    ):
        aws = Aws(endpoint, Path(folder), checks)
        for service in SERVICES:
            constraints.run(checks, aws, service)
            service.run(checks, aws)
            every_operation_answered(checks, aws, service)
        signatures.run(checks, aws)
        s3.run(checks, aws)
    return checks.report()


def every_operation_answered(checks: Checks, aws: Aws, service) -> None:
    """The simulator's own ledger says which operations have really been carried out."""
    calls = aws.simulator("ledger")
    carried_out = {call["operation"] for call in calls if call.get("status") == 200}
    for operation in service.EXAMPLES:
        checks.true(f"{service.NAME} {operation} has been carried out", operation in carried_out)


if __name__ == "__main__":
    sys.exit(main())
