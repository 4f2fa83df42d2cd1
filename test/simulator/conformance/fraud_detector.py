"""Amazon Fraud Detector."""

import csv
import io
import re

from aws import BUCKET, ROLE, Aws
from checks import Checks
from waiting import follows, statuses_until

NAME = "frauddetector"
SIMULATED_AS = "fraud-detector"
REFUSAL = "ValidationException"

# Inputs with every member; what they name does not exist, so that no variation of them can start anything.
EXAMPLES = {
    "CreateBatchPredictionJob": {
        "jobId": "example",
        "inputPath": f"s3://{BUCKET}/nothing.csv",
        "outputPath": f"s3://{BUCKET}/conformance",
        "eventTypeName": "nothing",
        "detectorName": "nothing",
        "detectorVersion": "1",
        "iamRoleArn": ROLE,
        "tags": [{"key": "owner", "value": "night"}],
    },
    "GetBatchPredictionJobs": {"jobId": "example", "maxResults": 10, "nextToken": "token"},
    "CancelBatchPredictionJob": {"jobId": "example"},
    "DeleteBatchPredictionJob": {"jobId": "example"},
    "GetDetectors": {"detectorId": "nothing", "nextToken": "token", "maxResults": 7},
    "DescribeDetector": {"detectorId": "nothing", "nextToken": "token", "maxResults": 1000},
    "GetDetectorVersion": {"detectorId": "nothing", "detectorVersionId": "1"},
    "GetEventTypes": {"name": "nothing", "nextToken": "token", "maxResults": 7},
}

ENDED = {"COMPLETE", "FAILED", "CANCELED"}
INPUT = f"s3://{BUCKET}/card-payments/input/payments.csv"


def run(checks: Checks, aws: Aws) -> None:
    client = aws.client(NAME)

    def create(job_id: str, **more: str) -> dict:
        request = {
            "jobId": job_id,
            "inputPath": INPUT,
            "outputPath": f"s3://{BUCKET}/conformance",
            "eventTypeName": "card_payment",
            "detectorName": "card_payment_detector",
            "iamRoleArn": ROLE,
        }
        return client.create_batch_prediction_job(**{**request, **more})

    def job(job_id: str) -> dict:
        return client.get_batch_prediction_jobs(jobId=job_id)["batchPredictions"][0]

    def status(job_id: str) -> str:
        return job(job_id)["status"]

    create("scored")
    checks.refused("a second job is refused while one runs", REFUSAL, create, job_id="second")
    seen = statuses_until(ENDED, status, "scored")
    checks.true("a job goes its way", follows(seen, ["IN_PROGRESS_INITIALIZING", "IN_PROGRESS", "COMPLETE"]), seen)
    check_results(checks, aws, job("scored"))
    checks.refused("a second job of the same id is refused", REFUSAL, create, job_id="scored")
    checks.refused(
        "a job that has ended cannot be canceled", REFUSAL, client.cancel_batch_prediction_job, jobId="scored"
    )

    create("canceled")
    checks.refused("a running job cannot be deleted", REFUSAL, client.delete_batch_prediction_job, jobId="canceled")
    client.cancel_batch_prediction_job(jobId="canceled")
    seen = statuses_until(ENDED, status, "canceled")
    checks.true("a canceled job goes its way", follows(seen, ["CANCEL_IN_PROGRESS", "CANCELED"]), seen)
    checks.equal("a canceled job has no result", result_keys(aws, "canceled"), [])
    client.delete_batch_prediction_job(jobId="canceled")
    checks.refused("a deleted job is gone", "ResourceNotFoundException", job, job_id="canceled")

    for member in ("eventTypeName", "detectorName", "detectorVersion"):
        checks.refused(
            f"an unknown {member} is not found",
            "ResourceNotFoundException",
            create,
            job_id="refused",
            **{member: "9"},
        )
    check_lists(checks, client, create, status)
    check_catalog(checks, client)


def check_results(checks: Checks, aws: Aws, done: dict) -> None:
    keys = result_keys(aws, "scored")
    checks.true(
        "the result has the documented name", bool(re.fullmatch(r".*/scored_\d{10}_output\.csv", keys[0])), keys
    )
    rows = list(csv.DictReader(io.StringIO(aws.object_bytes(f"s3://{BUCKET}/{keys[0]}").decode())))
    inputs = list(csv.DictReader(io.StringIO(aws.object_bytes(INPUT).decode())))
    checks.equal("there is a row for each event", len(rows), done["totalRecordsCount"])
    checks.equal("all events have been processed", done["processedRecordsCount"], len(inputs))
    checks.equal(
        "the result adds its columns to those of the input",
        list(rows[0]),
        [*inputs[0], "MODEL_SCORES", "OUTCOMES", "STATUS", "RULE_RESULTS"],
    )
    successes = [row for row in rows if row["STATUS"] == "Success"]
    checks.true(
        "most events have an outcome", len(successes) > 0.9 * len(rows) and all(row["OUTCOMES"] for row in successes)
    )


def result_keys(aws: Aws, job_id: str) -> list[str]:
    listing = aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"conformance/{job_id}_")
    return [entry["Key"] for entry in listing.get("Contents", [])]


def check_lists(checks: Checks, client, create, status) -> None:
    for index in range(2):
        create(f"list-{index}")
        statuses_until(ENDED, status, f"list-{index}")
    first = client.get_batch_prediction_jobs(maxResults=2)
    rest = client.get_batch_prediction_jobs(maxResults=2, nextToken=first["nextToken"])
    ids = [entry["jobId"] for page in (first, rest) for entry in page["batchPredictions"]]
    checks.equal("pages hold every job once", ids, ["scored", "list-0", "list-1"])
    checks.true("the last page has no token", "nextToken" not in rest)
    checks.refused("a token of nowhere is refused", REFUSAL, client.get_batch_prediction_jobs, nextToken="token")


def check_catalog(checks: Checks, client) -> None:
    detectors = client.get_detectors()["detectors"]
    checks.equal("detectors are listed", [entry["detectorId"] for entry in detectors], ["card_payment_detector"])
    versions = client.describe_detector(detectorId="card_payment_detector")["detectorVersionSummaries"]
    checks.equal("a detector tells of its versions", [entry["detectorVersionId"] for entry in versions], ["1"])
    version = client.get_detector_version(detectorId="card_payment_detector", detectorVersionId="1")
    checks.equal("a detector version is described", version["status"], "ACTIVE")
    event_types = client.get_event_types(name="card_payment")["eventTypes"]
    checks.equal("an event type is described", [entry["name"] for entry in event_types], ["card_payment"])
    for call, member in ((client.get_detectors, "detectorId"), (client.get_event_types, "name")):
        checks.refused(f"an unknown {member} is not found", "ResourceNotFoundException", call, **{member: "nothing"})
