"""Amazon Machine Learning."""

import gzip
import json

from aws import ACCOUNT, BUCKET, Aws
from checks import Checks

NAME = "machinelearning"
SIMULATED_AS = "machine-learning"
REFUSAL = "InvalidInputException"

COMPARISONS = {name: "text" for name in ("EQ", "GT", "LT", "GE", "LE", "NE", "Prefix")}
DESCRIBE = {"FilterVariable": "Name", **COMPARISONS, "SortOrder": "asc", "NextToken": "token", "Limit": 5}

# Inputs with every member; what they name does not exist, so that no variation of them can start anything.
EXAMPLES = {
    "CreateBatchPrediction": {
        "BatchPredictionId": "bp-example",
        "BatchPredictionName": "Example",
        "MLModelId": "ml-nothing",
        "BatchPredictionDataSourceId": "ds-nothing",
        "OutputUri": f"s3://{BUCKET}/conformance/",
    },
    "GetBatchPrediction": {"BatchPredictionId": "bp-example"},
    "DescribeBatchPredictions": DESCRIBE,
    "UpdateBatchPrediction": {"BatchPredictionId": "bp-example", "BatchPredictionName": "Example"},
    "DeleteBatchPrediction": {"BatchPredictionId": "bp-example"},
    "GetMLModel": {"MLModelId": "ml-nothing", "Verbose": True},
    "GetDataSource": {"DataSourceId": "ds-nothing", "Verbose": True},
    "DescribeMLModels": DESCRIBE,
    "DescribeDataSources": DESCRIBE,
}

NOT_FOUND = "ResourceNotFoundException"
OUTPUT = f"s3://{BUCKET}/conformance/"
REQUEST = {
    "BatchPredictionId": "bp-conformance",
    "BatchPredictionName": "Conformance",
    "MLModelId": "ml-tumor-screening",
    "BatchPredictionDataSourceId": "ds-tumor-screening",
    "OutputUri": OUTPUT,
}


def run(checks: Checks, aws: Aws) -> None:
    client = aws.client(NAME)
    prediction = {"BatchPredictionId": "bp-conformance"}
    checks.equal(
        "create answers the id", client.create_batch_prediction(**REQUEST)["BatchPredictionId"], "bp-conformance"
    )
    pending = client.get_batch_prediction(**prediction)
    checks.equal("a new batch prediction is pending", (pending["Status"], "StartedAt" in pending), ("PENDING", False))
    client.create_batch_prediction(**REQUEST)
    checks.refused(
        "another request under the same id is a mismatch",
        "IdempotentParameterMismatchException",
        client.create_batch_prediction,
        **{**REQUEST, "OutputUri": f"s3://{BUCKET}/other/"},
    )
    client.get_waiter("batch_prediction_available").wait(
        FilterVariable="Name", EQ="Conformance", WaiterConfig={"Delay": 0.05, "MaxAttempts": 400}
    )
    check_results(checks, aws, client.get_batch_prediction(**prediction))
    check_lists(checks, client)
    check_catalog(checks, client)
    client.update_batch_prediction(**prediction, BatchPredictionName="Renamed")
    checks.equal("a batch prediction has its new name", client.get_batch_prediction(**prediction)["Name"], "Renamed")
    client.delete_batch_prediction(**prediction)
    checks.equal("a deleted one says so", client.get_batch_prediction(**prediction)["Status"], "DELETED")
    unknown = {"BatchPredictionId": "nothing"}
    for call in (client.get_batch_prediction, client.delete_batch_prediction):
        checks.refused("an unknown batch prediction is not found", NOT_FOUND, call, **unknown)
    update = client.update_batch_prediction
    checks.refused("nor can it be renamed", NOT_FOUND, update, **unknown, BatchPredictionName="x")


def check_results(checks: Checks, aws: Aws, done: dict) -> None:
    checks.true("a completed one has all its times", {"StartedAt", "FinishedAt", "ComputeTime", "LogUri"} <= set(done))
    manifest = json.loads(aws.object_bytes(f"{OUTPUT}batch-prediction/bp-conformance.manifest"))
    checks.equal("the manifest names the input", list(manifest), [done["InputDataLocationS3"]])
    header, *lines = gzip.decompress(aws.object_bytes(*manifest.values())).decode().removesuffix("\n").split("\n")
    checks.true("the result has the columns of a binary model", header.endswith("bestAnswer,score"), header)
    checks.equal("there is a line for each record", len(lines), done["TotalRecordCount"])
    checks.equal("a line is blank for each invalid record", lines.count(""), done["InvalidRecordCount"])
    records = aws.object_bytes(done["InputDataLocationS3"]).decode().removesuffix("\n").split("\n")
    checks.equal("every record of the input has been counted", done["TotalRecordCount"], len(records) - 1)


def check_lists(checks: Checks, client) -> None:
    for index in range(3):
        client.create_batch_prediction(
            **{**REQUEST, "BatchPredictionId": f"bp-list-{index}", "BatchPredictionName": "list"}
        )
    pages = client.get_paginator("describe_batch_predictions").paginate(
        FilterVariable="Name", Prefix="l", SortOrder="dsc", PaginationConfig={"PageSize": 2}
    )
    ids = [entry["BatchPredictionId"] for page in pages for entry in page["Results"]]
    checks.equal("pages hold every entry once, sorted", ids, ["bp-list-2", "bp-list-1", "bp-list-0"])
    checks.refused("a token of nowhere is refused", REFUSAL, client.describe_batch_predictions, NextToken="token")
    checks.refused("a comparison of nothing is refused", REFUSAL, client.describe_batch_predictions, EQ="x")
    for unknown in ("MLModelId", "BatchPredictionDataSourceId"):
        request = {**REQUEST, "BatchPredictionId": "bp-refused", unknown: "nothing"}
        checks.refused(f"an unknown {unknown} is refused", REFUSAL, client.create_batch_prediction, **request)


def check_catalog(checks: Checks, client) -> None:
    model = client.get_ml_model(MLModelId="ml-tumor-screening", Verbose=True)
    checks.equal("a model is described", (model["MLModelType"], model["Status"]), ("BINARY", "COMPLETED"))
    checks.equal("its maker is in the account", model["CreatedByIamUser"].split(":")[4], ACCOUNT)
    source = client.get_data_source(DataSourceId="ds-tumor-screening", Verbose=True)
    checks.equal("a data source has its schema", json.loads(source["DataSourceSchema"])["version"], "1.0")
    checks.true("models are listed", len(client.describe_ml_models()["Results"]) >= 1)
    checks.true("data sources are listed", len(client.describe_data_sources(Limit=100)["Results"]) >= 1)
    for call, member in ((client.get_ml_model, "MLModelId"), (client.get_data_source, "DataSourceId")):
        checks.refused(f"an unknown {member} is not found", NOT_FOUND, call, **{member: "nothing"})
