"""Amazon Fraud Detector: the batch prediction operations. One job at a time."""

import time
from datetime import UTC, datetime

from .paging import page
from .refusal import Refusal
from .world import ACCOUNT, Job, World

KIND = "fraud-detector/batch-prediction"
STATUS = {
    "queued": "IN_PROGRESS_INITIALIZING",
    "running": "IN_PROGRESS",
    "stopping": "CANCEL_IN_PROGRESS",
    "stopped": "CANCELED",
    "succeeded": "COMPLETE",
    "failed": "FAILED",
}


def create_batch_prediction_job(world: World, given: dict[str, object]) -> dict[str, object]:
    job_id = str(given["jobId"])
    if (KIND, job_id) in world.jobs:
        raise Refusal("ValidationException", f"Batch prediction job {job_id} already exists.")
    if "missing" in str(given["detectorName"]):
        raise Refusal("ResourceNotFoundException", f"Detector {given['detectorName']} does not exist.", 404)
    if any(job.kind == KIND and job.is_active() for job in world.jobs.values()):
        code, message = world.variation.one_at_a_time
        raise Refusal(code, message)
    world.create(KIND, job_id, {name: value for name, value in given.items() if name != "jobId"})
    return {}


def get_batch_prediction_jobs(world: World, given: dict[str, object]) -> dict[str, object]:
    if "jobId" in given:
        job = world.find(KIND, str(given["jobId"]))
        if job is None:
            raise Refusal("ResourceNotFoundException", f"Batch prediction job {given['jobId']} does not exist.", 404)
        jobs = [job]
    else:
        jobs = world.listed(KIND)
    size = int(given.get("maxResults", 50))
    query = {name: value for name, value in given.items() if name not in ("nextToken", "maxResults")}
    got = page(jobs, query, given.get("nextToken"), size, world.variation, "ValidationException")
    answer: dict[str, object] = {"batchPredictions": [_described(job, world.region) for job in got.jobs]}
    return answer if got.token is None else {**answer, "nextToken": got.token}


def cancel_batch_prediction_job(world: World, given: dict[str, object]) -> dict[str, object]:
    job_id = str(given["jobId"])
    job = world.find(KIND, job_id)
    if job is None:
        raise Refusal("ResourceNotFoundException", f"Batch prediction job {job_id} does not exist.", 404)
    if not job.is_active():
        raise Refusal("ValidationException", f"Batch prediction job {job_id} cannot be canceled: it has ended.")
    if job.stop_at is None:
        job.stop_at = time.time()
    return {}


def _described(job: Job, region: str) -> dict[str, object]:
    now = time.time()
    state = job.state(now)
    answer = {
        "jobId": job.id,
        "status": STATUS[state],
        "startTime": _time(job.created_at),
        "lastHeartbeatTime": _time(min(now, job.ended_at)),
        "inputPath": job.request["inputPath"],
        "outputPath": job.request["outputPath"],
        "eventTypeName": job.request["eventTypeName"],
        "detectorName": job.request["detectorName"],
        "detectorVersion": f"{job.request.get('detectorVersion', '1')}.0",
        "iamRoleArn": job.request["iamRoleArn"],
        "arn": f"arn:aws:frauddetector:{region}:{ACCOUNT}:batch-prediction/{job.id}",
        "processedRecordsCount": job.progress(now),
        "totalRecordsCount": job.variation.records,
    }
    if not job.is_active(now):
        answer["completionTime"] = _time(job.ended_at)
    if state == "failed":
        answer["failureReason"] = job.variation.message
    return answer


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def get_detector_version(_world: World, given: dict[str, object]) -> dict[str, object]:
    _must_exist(str(given["detectorId"]))
    return {"detectorId": given["detectorId"], "detectorVersionId": given["detectorVersionId"], "status": "ACTIVE"}


def describe_detector(_world: World, given: dict[str, object]) -> dict[str, object]:
    _must_exist(str(given["detectorId"]))
    versions = [{"detectorVersionId": "1", "status": "ACTIVE"}]
    return {"detectorId": given["detectorId"], "detectorVersionSummaries": versions}


def get_event_types(_world: World, given: dict[str, object]) -> dict[str, object]:
    return {"eventTypes": [{"name": given.get("name", "card_payment")}]}


def _must_exist(detector: str) -> None:
    if "missing" in detector:
        raise Refusal("ResourceNotFoundException", f"Detector {detector} does not exist.", 404)


OPERATIONS = {
    "GetDetectorVersion": get_detector_version,
    "DescribeDetector": describe_detector,
    "GetEventTypes": get_event_types,
    "CreateBatchPredictionJob": create_batch_prediction_job,
    "GetBatchPredictionJobs": get_batch_prediction_jobs,
    "CancelBatchPredictionJob": cancel_batch_prediction_job,
}
