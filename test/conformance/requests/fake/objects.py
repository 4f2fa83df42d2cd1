"""S3: moto's, and the result files that jobs leave in it."""

import json
import logging
from urllib.parse import urlsplit

import boto3
from moto.server import ThreadedMotoServer

from . import fraud_detector, machine_learning, personalize
from .world import Job

# What the steps of the scenarios and of the examples name as their input.
INPUTS = (
    "records.csv",
    "input/events.csv",
    "input/viewers.jsonl",
    "card-payments/input/payments.csv",
    "film-recommendations/input/viewers.jsonl",
    "film-recommendations/input/films.jsonl",
)


class Objects:
    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        self.host, self.port = self._server.get_host_and_port()
        self._s3 = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id="moto",
            aws_secret_access_key="moto",
        )
        self.make_bucket(machine_learning.INPUT.removeprefix("s3://").partition("/")[0])

    def close(self) -> None:
        self._server.stop()

    def make_bucket(self, name: str) -> None:
        self._s3.create_bucket(Bucket=name)
        for key in INPUTS:
            self._s3.put_object(Bucket=name, Key=key, Body=b"what a job reads\n")

    def write_results(self, job: Job) -> None:
        """What the job's service would have written when it succeeded. Once."""
        if job.results_written:
            return
        job.results_written = True
        for uri in RESULTS[job.kind](job):
            parts = urlsplit(uri, allow_fragments=False)
            body = f"results of {job.kind} {job.id}\n".encode()
            key = uri.removeprefix(f"s3://{parts.netloc}/")
            self._s3.put_object(Bucket=parts.netloc, Key=key, Body=body, ContentType="application/octet-stream")

    def listing(self, uri: str) -> dict[str, str]:
        """The objects under an S3 URI: what follows it in their keys, and their ETags."""
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return {o["Key"][len(prefix) :]: o["ETag"] for found in pages for o in found.get("Contents", [])}


def _machine_learning(job: Job) -> list[str]:
    output = str(job.request["OutputUri"])
    results = [f"{output}batch-prediction/result/{job.id}-{name}.gz" for name in job.variation.result_names]
    return [f"{output}batch-prediction/{job.id}.manifest", *results]


def _fraud_detector(job: Job) -> list[str]:
    return [f"{str(job.request['outputPath']).rstrip('/')}/{job.id}_{int(job.ended_at)}_output.csv"]


def _personalize(job: Job) -> list[str]:
    place = json.loads(json.dumps(job.request["jobOutput"]))["s3DataDestination"]["path"]
    return [f"{place}{name}.out" for name in job.variation.result_names] + [f"{place}_CHECK"]


RESULTS = {
    machine_learning.KIND: _machine_learning,
    fraud_detector.KIND: _fraud_detector,
    personalize.INFERENCE_KIND: _personalize,
    personalize.SEGMENT_KIND: _personalize,
}
