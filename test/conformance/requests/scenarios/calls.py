"""Which operations a fault befalls, and the faults that many scenarios have."""

from fake.variation import Fault

EVERYTHING = ("",)
CREATES = ("Create",)
GETS = ("GetBatchPrediction", "DescribeBatchInferenceJob", "DescribeBatchSegmentJob")
LISTS = ("DescribeBatchPredictions", "ListBatch")
THROTTLE = {"kind": "refuse", "code": "ThrottlingException", "message": "Rate exceeded", "status": 400}


def denied(operations: tuple[str, ...], action: str) -> Fault:
    message = f"User is not authorized to perform: {action}"
    return Fault(operations, "refuse", "AccessDeniedException", message, 400)
