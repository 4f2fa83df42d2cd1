"""The fake's one port: the three JSON services by their targets, and S3 for whatever else."""

import http.client
import json
import threading
import time
import traceback
import uuid
from collections.abc import Mapping
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.model import OperationModel

from . import aws_models, fraud_detector, machine_learning, personalize, shape_check, signature
from .ledger import Ledger
from .objects import Objects
from .quirks import QUIRKS
from .refusal import Refusal
from .signature import Request
from .variation import Fault
from .world import World

OPERATIONS = {**machine_learning.OPERATIONS, **fraud_detector.OPERATIONS, **personalize.OPERATIONS}
# What each service calls a request that it cannot take.
INVALID = {
    "machinelearning": "InvalidInputException",
    "frauddetector": "ValidationException",
    "personalize": "InvalidInputException",
}
NEVER_SECONDS = 600


class Fake:
    def __init__(self, objects: Objects, worlds: Mapping[str, World]) -> None:
        self.objects = objects
        self.worlds = worlds
        self.ledger = Ledger()
        # Faults of the fake itself: the run proves nothing when there are any.
        self.own_faults: list[str] = []
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"fake": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: Fake

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            """A client that is gone needs no answer."""

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(length))
        try:
            if "x-amz-target" in headers:
                self._json(request)
            else:
                self._s3(request)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        except Exception:
            self.fake.own_faults.append(traceback.format_exc())
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _handle

    def log_message(self, format: str, *args: object) -> None:
        """The ledger tells more."""

    def _json(self, request: Request) -> None:
        target = request.headers["x-amz-target"]
        scope = signature.scope_of(request)
        region = scope.region if scope else "?"
        wrong = list(signature.violations(request))
        operation = aws_models.json_operation(target)
        if operation is None or operation.name not in OPERATIONS:
            wrong.append(f"x-amz-target: {target} is not an operation that Nightscore needs")
            self._note(region, "?", target, "400", wrong)
            self._error(Refusal("UnknownOperationException", target), "type")
            return
        service = operation.service_model.service_name
        if scope is not None and scope.service != operation.service_model.signing_name:
            wrong.append(f"authorization: is for {scope.service}, must be for {service}")
        world = self.fake.worlds.get(region)
        if world is None:
            wrong.append(f"authorization: is for the region {region}, which no step of the tests names")
        parsed = aws_models.parse_json(operation, request)
        wrong += parsed.violations
        if wrong or world is None:
            self._note(region, service, operation.name, "400", wrong)
            self._error(Refusal(INVALID[service], "; ".join(wrong)), "type")
            return
        self._answer(world, operation, service, parsed.value)

    def _answer(self, world: World, operation: OperationModel, service: str, given: dict[str, object]) -> None:
        variation = world.variation
        time.sleep(variation.slow_seconds)
        fault = world.fault(operation.name)
        refusal: Refusal | None = None
        output: object = {}
        if fault is None or fault.after_effect:
            try:
                output = self._act(world, operation, given)
            except Refusal as refused:
                refusal = refused
        if fault is not None:
            self._befall(world, service, operation.name, fault)
        elif refusal is not None:
            self._note(world.region, service, operation.name, f"{refusal.status} {refusal.code}", [])
            self._error(refusal, variation.error_form)
        else:
            self._note(world.region, service, operation.name, "200", [])
            for name in variation.quirks:
                output = QUIRKS[name](output)
            self._send(200, json.dumps(output).encode())

    def _act(self, world: World, operation: OperationModel, given: dict[str, object]) -> object:
        with world.lock:
            if operation.name.startswith("Create"):
                job_id = given.get("BatchPredictionId") or given.get("jobId") or given.get("jobName")
                world.creates[operation.name, str(job_id)] += 1
            for job in world.jobs.values():
                # The results are there before anybody is told that the job has ended.
                if job.state() == "succeeded":
                    self.fake.objects.write_results(job)
            output = OPERATIONS[operation.name](world, given)
        if operation.output_shape is not None:
            self.fake.own_faults += shape_check.violations(operation.output_shape, output, operation.name)
        return output

    def _befall(self, world: World, service: str, operation: str, fault: Fault) -> None:
        answer = f"{fault.status} {fault.code}" if fault.kind == "refuse" else fault.kind
        self._note(world.region, service, operation, answer, [])
        if fault.kind == "refuse":
            self._error(Refusal(fault.code, fault.message, fault.status), world.variation.error_form)
        elif fault.kind in BODIES:
            status, body = BODIES[fault.kind]
            self._send(status, body, content_type="text/html" if fault.kind == "html" else aws_models.CONTENT_TYPE)
        else:
            if fault.kind == "never":
                self.fake.closing.wait(NEVER_SECONDS)
            self.close_connection = True

    def _note(self, region: str, service: str, operation: str, answer: str, wrong: list[str]) -> None:
        self.fake.ledger.note(region, service, operation, answer, wrong)

    def _error(self, refusal: Refusal, form: str) -> None:
        type_name = f"com.amazonaws.service#{refusal.code}" if form == "namespaced" else refusal.code
        body: dict[str, object] = {"message": refusal.message}
        headers = {}
        if form == "header":
            headers["x-amzn-ErrorType"] = f"{refusal.code}:http://internal.amazon.com/coral/com.amazonaws/"
        else:
            body = {"__type": type_name, **body}
        if form == "numeric-code":
            body["code"] = 7
        self._send(refusal.status, json.dumps(body).encode(), headers)

    def _send(
        self,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        content_type: str = aws_models.CONTENT_TYPE,
    ) -> None:
        self.send_response_only(status)
        self.send_header("Date", formatdate(usegmt=True))
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _s3(self, request: Request) -> None:
        scope = signature.scope_of(request)
        region = scope.region if scope else "?"
        call = aws_models.parse_s3(request)
        wrong = [*signature.violations(request), *call.violations]
        if scope is not None and scope.service != "s3":
            wrong.append(f"authorization: is for {scope.service}, must be for s3")
        world = self.fake.worlds.get(region)
        fault = world.fault(f"s3:{call.operation}") if world else None
        if fault is not None:
            self._note(region, "s3", call.operation, f"{fault.status} {fault.code}", wrong)
            text = f"<?xml version='1.0'?><Error><Code>{fault.code}</Code><Message>{fault.message}</Message></Error>"
            self._send(fault.status, text.encode(), content_type="application/xml")
        else:
            self._note(region, "s3", call.operation, self._forward(request), wrong)

    def _forward(self, request: Request) -> str:
        """Answers as moto does; returns the answer's status."""
        connection = http.client.HTTPConnection("127.0.0.1", self.fake.objects.port, timeout=30)
        connection.request(request.method, request.target, request.body, dict(request.headers))
        answer = connection.getresponse()
        body = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", answer.getheader("Content-Length") or str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return str(answer.status)


BODIES = {
    "html": (503, b"<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"),
    "nothing": (200, b""),
    "object": (200, b"{}"),
    "garbage": (200, b'{"Status":"COMPL'),
}
