"""Amazon Machine Learning: the batch prediction operations."""

import time

from .paging import page
from .refusal import Refusal
from .world import ACCOUNT, Job, World

KIND = "machine-learning/batch-prediction"
STATUS = {
    "queued": "PENDING",
    "running": "INPROGRESS",
    "succeeded": "COMPLETED",
    "failed": "FAILED",
    "deleted": "DELETED",
}
INPUT = "s3://acme-input/records.csv"
IDENTITY = ("MLModelId", "BatchPredictionDataSourceId", "OutputUri")
SECRET_LOG_URI = "https://logs.example/{id}.log?X-Amz-Credential=x&X-Amz-Signature=presigned-and-secret"


def create_batch_prediction(world: World, given: dict[str, object]) -> dict[str, object]:
    job_id = str(given["BatchPredictionId"])
    _check_output(str(given["OutputUri"]))
    if "missing" in str(given["MLModelId"]):
        raise Refusal("InvalidInputException", f"No such MLModel: {given['MLModelId']}")
    request = {name: value for name, value in given.items() if name != "BatchPredictionId"}
    existing = world.jobs.get((KIND, job_id))
    if existing is None:
        world.create(KIND, job_id, request)
    elif any(existing.request.get(name) != request.get(name) for name in IDENTITY):
        raise Refusal("IdempotentParameterMismatchException", f"{job_id} exists with other parameters.")
    return {"BatchPredictionId": job_id}


def get_batch_prediction(world: World, given: dict[str, object]) -> dict[str, object]:
    job_id = str(given["BatchPredictionId"])
    job = world.find(KIND, job_id)
    if job is None:
        raise Refusal("ResourceNotFoundException", f"No BatchPrediction with id {job_id} exists", 404)
    return {**_described(job, time.time()), "LogUri": SECRET_LOG_URI.format(id=job_id)}


def describe_batch_predictions(world: World, given: dict[str, object]) -> dict[str, object]:
    query = {name: value for name, value in given.items() if name not in ("NextToken", "Limit")}
    seen_at = time.time() - world.variation.stale_list_seconds
    described = {job.id: _described(job, seen_at) for job in world.listed(KIND)}
    chosen = [job for job in world.listed(KIND) if _matches(described[job.id], given)]
    size = int(given.get("Limit", 100))
    got = page(chosen, query, given.get("NextToken"), size, world.variation, "InvalidInputException")
    answer: dict[str, object] = {"Results": [described[job.id] for job in got.jobs]}
    return answer if got.token is None else {**answer, "NextToken": got.token}


def _matches(described: dict[str, object], given: dict[str, object]) -> bool:
    """Only the filter that Nightscore uses is answered; another one is an error of the fake's, to be noticed."""
    if "FilterVariable" not in given:
        return True
    if given["FilterVariable"] != "Status" or "EQ" not in given:
        raise NotImplementedError(f"the fake does not filter by {given}")
    return described["Status"] == given["EQ"]


def _check_output(uri: str) -> None:
    """The documented rule for the key: https://docs.aws.amazon.com/machine-learning/latest/APIReference/API_CreateBatchPrediction.html"""
    key = uri.removeprefix("s3://")
    if not uri.endswith("/") or any(bad in key for bad in (":", "//", "/./", "/../")):
        raise Refusal("InvalidInputException", f"{uri} is not a valid output location")


def _described(job: Job, now: float) -> dict[str, object]:
    state = job.state(now)
    over = state in ("succeeded", "failed")
    answer: dict[str, object] = {
        "BatchPredictionId": job.id,
        "MLModelId": job.request["MLModelId"],
        "BatchPredictionDataSourceId": job.request["BatchPredictionDataSourceId"],
        "InputDataLocationS3": INPUT,
        "CreatedByIamUser": f"arn:aws:iam::{ACCOUNT}:user/nightscore",
        "CreatedAt": round(job.created_at, 3),
        "LastUpdatedAt": round(min(now, job.ended_at), 3),
        "Name": job.request.get("BatchPredictionName", "unnamed"),
        "Status": STATUS[state],
        "OutputUri": job.request["OutputUri"],
    }
    if state != "queued":
        answer["StartedAt"] = round(job.started_at, 3)
        answer["TotalRecordCount"] = job.progress(now)
        answer["InvalidRecordCount"] = job.variation.invalid if over else 0
    if over:
        answer["FinishedAt"] = round(job.ended_at, 3)
    if state == "succeeded":
        answer["ComputeTime"] = 185_200
    if state == "failed":
        answer["Message"] = job.variation.message
    return answer


def get_ml_model(_world: World, given: dict[str, object]) -> dict[str, object]:
    model_id = str(given["MLModelId"])
    _must_exist("MLModel", model_id)
    return {"MLModelId": model_id, "MLModelType": "BINARY", "Status": "COMPLETED"}


def get_data_source(_world: World, given: dict[str, object]) -> dict[str, object]:
    source_id = str(given["DataSourceId"])
    _must_exist("DataSource", source_id)
    return {"DataSourceId": source_id, "DataLocationS3": INPUT, "Status": "COMPLETED"}


def _must_exist(kind: str, entity_id: str) -> None:
    if "missing" in entity_id:
        raise Refusal("ResourceNotFoundException", f"No {kind} with id {entity_id} exists", 404)


OPERATIONS = {
    "GetMLModel": get_ml_model,
    "GetDataSource": get_data_source,
    "CreateBatchPrediction": create_batch_prediction,
    "GetBatchPrediction": get_batch_prediction,
    "DescribeBatchPredictions": describe_batch_predictions,
}
