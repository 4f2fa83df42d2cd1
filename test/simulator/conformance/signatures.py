"""Whose calls the simulator does not take."""

from aws import Aws
from checks import Checks


def run(checks: Checks, aws: Aws) -> None:
    unsigned = aws.client("machinelearning", signed=False)
    checks.refused(
        "a call without a signature is refused",
        "MissingAuthenticationTokenException",
        unsigned.describe_ml_models,
    )
    _, answer = aws.send("machinelearning", "DescribeMLModels", {}, signing_name="frauddetector")
    checks.equal("a call signed for another service is refused", answer["__type"], "InvalidSignatureException")
    _, answer = aws.send("machinelearning", "DescribeEverything", {})
    checks.equal("an operation that does not exist is refused", answer["__type"], "UnknownOperationException")
    checks.refused(
        "a call to S3 without a signature is refused", "AccessDenied", aws.client("s3", signed=False).list_buckets
    )
    ledger = str(aws.simulator("ledger"))
    checks.true("the ledger has no access keys", "AKIDEXAMPLE" not in ledger)
