"""AWS's clients, whose every answer from a JSON service is held to the service's model."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.httpsession import URLLib3Session
from botocore.model import OperationModel

from answers import problems_of_answer, problems_of_refusal
from checks import Checks

REGION = "eu-west-1"
ACCOUNT = "123456789012"
BUCKET = "nightscore-examples"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/nightscore-examples"
KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "not-a-secret"}


class Aws:
    def __init__(self, endpoint: str, folder: Path, checks: Checks) -> None:
        self.endpoint = endpoint
        self._folder = folder
        self._checks = checks
        self._answered: set[str] = set()
        self._session = botocore.session.get_session()
        self._http = URLLib3Session()
        self._credentials = boto3.Session(**KEYS).get_credentials()

    def client(self, service: str, signed: bool = True) -> Any:
        """A client that sends each call once, and checks each answer."""
        # Left to itself, boto3 signs URLs by the version before, which S3 no longer takes for new buckets.
        signature = {"signature_version": "s3v4"} if service == "s3" else {}
        if not signed:
            signature = {"signature_version": UNSIGNED}
        config = Config(retries={"total_max_attempts": 1}, **signature)
        client = boto3.Session(**KEYS).client(service, region_name=REGION, endpoint_url=self.endpoint, config=config)
        if service != "s3":
            client.meta.events.register("after-call", self._check_answer)
        return client

    def operation(self, service: str, name: str) -> OperationModel:
        return self._session.get_service_model(service).operation_model(name)

    def send(self, service: str, operation: str, body: Any, signing_name: str | None = None) -> tuple[int, dict]:
        """Sends a body that the client itself would refuse to send. Returns status and JSON."""
        metadata = self._session.get_service_model(service).metadata
        headers = {
            "X-Amz-Target": f"{metadata['targetPrefix']}.{operation}",
            "Content-Type": f"application/x-amz-json-{metadata['jsonVersion']}",
        }
        request = AWSRequest("POST", f"{self.endpoint}/", headers, json.dumps(body))
        name = signing_name or metadata.get("signingName", metadata["endpointPrefix"])
        SigV4Auth(self._credentials, name, REGION).add_auth(request)
        answer = self._http.send(request.prepare())
        return answer.status_code, json.loads(answer.content)

    def simulator(self, path: str) -> Any:
        """What the simulator says of itself."""
        with urllib.request.urlopen(f"{self.endpoint}/_simulator/{path}") as answer:
            return json.load(answer)

    def change_settings(self, settings: dict) -> None:
        """Adds settings to the simulator's resources.yaml, as people do while it runs; JSON is YAML."""
        with (self._folder / "resources.yaml").open("a") as resources:
            resources.write(f"settings: {json.dumps(settings)}\n")

    def object_bytes(self, uri: str) -> bytes:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()

    def _check_answer(self, http_response: Any, model: OperationModel, **_: Any) -> None:
        answer = json.loads(http_response.content)
        if http_response.status_code < 300:
            problems = problems_of_answer(model, answer)
        else:
            problems = problems_of_refusal(model, answer)
        if http_response.headers.get("Content-Type") != "application/x-amz-json-1.1":
            problems.append("another content type")
        if not http_response.headers.get("x-amzn-RequestId"):
            problems.append("no request id")
        # How often a job is asked for depends on the clock; what is reported must not.
        if problems or model.name not in self._answered:
            self._answered.add(model.name)
            self._checks.none(f"answer of {model.name} is valid by the model", problems)
