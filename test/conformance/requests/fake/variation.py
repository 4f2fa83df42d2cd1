"""How a world of the fake differs from the plainest one that AWS's models and documents allow."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with calls of some operations."""

    # Operations, as the beginnings of their names: `Create`, `GetBatchPrediction`.
    operations: tuple[str, ...]
    # `refuse` (with `code`), `reset` (the connection), `html` (a proxy's 503), `nothing` (200 and an empty body),
    # `object` (200 and `{}`), `garbage` (200 and half an answer), `never` (no answer at all).
    kind: str
    code: str = "InternalServerException"
    message: str = "Something went wrong"
    status: int = 500
    # Whether the service acts before it goes wrong.
    after_effect: bool = False
    # How many calls it befalls in all, and how many it spares first.
    count: int = 1_000_000
    spares: int = 0
    probability: float = 1.0
    # Only calls that come while some job of the world is in this state, or `begun`: from the first that ran on.
    only_when: str = "always"


@dataclass(frozen=True)
class Variation:
    queued_seconds: float = 1.0
    running_seconds: float = 2.0
    # `succeeded`, `failed`, `deleted` (by somebody else) or `gone` (the service knows it no more).
    end: str = "succeeded"
    message: str = "The data source has no records that could be scored."
    records: int = 569
    invalid: int = 3
    # How long a job that was created is not found, in seconds.
    invisible_seconds: float = 0.0
    # How long lists show a job as it was, in seconds.
    stale_list_seconds: float = 0.0
    faults: tuple[Fault, ...] = ()
    slow_seconds: float = 0.0
    # `type`, `namespaced`, `header` (nothing in the body), `numeric-code` (Amazon ML's member `code` beside the type).
    error_form: str = "type"
    page_size: int = 100
    # An empty page with a token before every full one, and an empty token after the last.
    empty_pages: bool = False
    empty_last_token: bool = False
    # Quirks of answers, by their names in `quirks.py`.
    quirks: tuple[str, ...] = ()
    # How Personalize spells its statuses: `documented` or `recorded`.
    spelling: str = "recorded"
    # What Fraud Detector says to a second job while one runs, and with which code.
    one_at_a_time: tuple[str, str] = ("ValidationException", "Only one batch prediction job can run at a time.")
    # How a stop ends: `stopped`, `succeeded` (the job was faster) or `failed`.
    stop_end: str = "stopped"
    stopping_seconds: float = 1.5
    # Members with which a job that nobody started lies under every id that is looked up.
    imposter: dict[str, object] = field(default_factory=dict)
    # Names of result files.
    result_names: tuple[str, ...] = ("input.csv",)
