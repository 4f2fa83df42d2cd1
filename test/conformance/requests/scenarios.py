"""The scenarios. Each has a region, and so a world, of its own, so that all of them run at the same time."""

from examples import example_scenarios
from fake.variation import Fault, Variation
from scenario import Scenario, all_services, copy, fraud_detector, machine_learning, many, personalize

CREATES = ("Create",)
GETS = ("GetBatchPrediction", "GetBatchPredictionJobs", "DescribeBatchInferenceJob", "DescribeBatchSegmentJob")
LISTS = ("DescribeBatchPredictions", "ListBatch")
THROTTLE = {"kind": "refuse", "code": "ThrottlingException", "message": "Rate exceeded", "status": 400}
MANY = 120
LONG_MESSAGE = "Zeile ü\n" + "The data source has no records that could be scored. " * 190


def every_service(name: str, **more: object) -> Scenario:
    variation = Variation(**more.pop("variation", {}))
    return Scenario(name, all_services(name), more.pop("outcome", "succeeded"), variation, **more)


def _plain() -> list[Scenario]:
    return [
        *example_scenarios(),
        every_service("plain"),
        every_service("started-twice", starts=2),
        Scenario("thirty-at-once", many("thirty-at-once", 30), "succeeded", Variation(running_seconds=8)),
        every_service("slow-answers", variation={"slow_seconds": 3.0}),
        Scenario(
            "odd-keys",
            {"ml": machine_learning("odd-keys"), "copy_ml": copy("odd-keys", "ml")},
            "succeeded",
            Variation(result_names=("a b+c%20d&e=f#g?h.csv", "ünï/日本 'x' (1)!*.csv", "folder//twice.csv")),
        ),
    ]


def _forms_of_answers() -> list[Scenario]:
    forms: dict[str, dict[str, object]] = {
        "extra-members": {"quirks": ("extra-members",)},
        "no-optional-members": {"quirks": ("no-optional-members",)},
        "iso-times": {"quirks": ("iso-times",)},
        "numeric-string-times": {"quirks": ("numeric-string-times",)},
        "counts-as-strings": {"quirks": ("counts-as-strings",)},
        "recorded-version": {"quirks": ("detector-version-recorded",)},
        "documented-spelling": {"spelling": "documented"},
        "unknown-status": {"quirks": ("unknown-status",), "running_seconds": 4},
        "empty-last-token": {"empty_last_token": True},
        "empty-pages": {"empty_pages": True, "running_seconds": 5},
    }
    return [every_service(name, variation=form) for name, form in forms.items()]


def _lists() -> list[Scenario]:
    pages = {"page_size": 1, "empty_pages": True, "empty_last_token": True, "running_seconds": 5}
    denied = Fault(LISTS, "refuse", "AccessDeniedException", "User is not authorized to perform this call", 400)
    return [
        Scenario("pages-of-one", many("pages-of-one", 6), "succeeded", Variation(**pages)),
        Scenario("pages-of-one-pz", many("pages-of-one-pz", 5, personalize), "succeeded", Variation(**pages)),
        Scenario("list-denied", many("list-denied", 5), "succeeded", Variation(faults=(denied,))),
        Scenario("list-denied-pz", many("list-denied-pz", 5, personalize), "succeeded", Variation(faults=(denied,))),
        Scenario("stale-lists", many("stale-lists", 5), "succeeded", Variation(stale_list_seconds=6)),
    ]


def _faults() -> list[Scenario]:
    everything = ("",)
    random_faults = (
        Fault(everything, probability=0.15, **THROTTLE),
        Fault(everything, "refuse", probability=0.1),
        Fault(CREATES, "refuse", probability=0.3, after_effect=True),
        Fault(everything, "reset", probability=0.05, after_effect=True),
        Fault(everything, "html", probability=0.05),
        Fault(GETS, "garbage", probability=0.05),
        Fault(("s3:",), "refuse", "SlowDown", "Please reduce your request rate.", 503, probability=0.2),
    )
    forms = ("type", "namespaced", "header", "numeric-code")
    expired = Fault(GETS, "refuse", "ExpiredTokenException", "The security token included in the request is expired", 400, count=6, spares=4)
    return [
        *(
            every_service(
                f"random-faults-{form}",
                variation={"faults": random_faults, "error_form": form, "running_seconds": 4},
                may_adopt=True,
                seconds=110,
            )
            for form in forms
        ),
        every_service("outage", variation={"faults": (Fault(everything, "html", only_when="running", count=30),)}, seconds=90),
        every_service("expired-token", variation={"faults": (expired,)}),
        every_service("empty-answers", variation={"faults": tuple(Fault((get,), kind, count=1) for get in GETS for kind in ("object", "nothing"))}),
        Scenario(
            "changing-faults",
            {"ml": machine_learning("changing-faults")},
            "succeeded",
            Variation(faults=(Fault(CREATES, "refuse", count=4), Fault(CREATES, "refuse", "WeirdException", "Never heard of", 400, count=2))),
            may_create_again=True,
        ),
        every_service("never-answered", variation={"faults": (Fault(GETS, "never", only_when="running", count=4),)}, seconds=100),
    ]


def _lost_creates() -> list[Scenario]:
    ways = {
        "reset": Fault(CREATES, "reset", after_effect=True, count=4),
        "error": Fault(CREATES, "refuse", after_effect=True, count=4),
        "throttle": Fault(CREATES, after_effect=True, count=4, **THROTTLE),
        "html": Fault(CREATES, "html", after_effect=True, count=4),
        "garbage": Fault(CREATES, "garbage", after_effect=True, count=4),
    }
    found = [every_service(f"lost-{way}", variation={"faults": (fault,)}, may_adopt=True) for way, fault in ways.items()]
    late = [
        every_service(
            f"late-{way}",
            variation={"faults": (ways[way],), "invisible_seconds": 3.0, "running_seconds": 5},
            may_adopt=True,
            may_create_again=True,
        )
        for way in ("reset", "throttle")
    ]
    return [*found, *late, every_service("late", variation={"invisible_seconds": 3.0, "running_seconds": 5})]


def _ends() -> list[Scenario]:
    def ending(name: str, end: str, outcomes: dict[str, str], **more: object) -> Scenario:
        steps = {"ml": machine_learning(name), "copy_ml": copy(name, "ml")}
        return Scenario(name, steps, "failed", Variation(end=end, **more), {**outcomes, "copy_ml": "skipped"})

    every = ("ml", "fd", "pi", "ps")
    missing = "missing-things"
    rejected = {
        "ml": machine_learning(missing, model="ml-missing"),
        "fd": fraud_detector(missing, detector="missing"),
        "pi": personalize(missing, solution="missing"),
    }
    denied = Fault(CREATES, "refuse", "AccessDeniedException", "User is not authorized to perform: iam:PassRole", 400)
    imposter = {"MLModelId": "ml-other", "BatchPredictionDataSourceId": "ds-other", "OutputUri": "s3://acme-other/x/"}
    return [
        ending("deleted-by-others", "deleted", {"ml": "stopped"}),
        ending("vanished", "gone", {"ml": "lost"}),
        ending("long-message", "failed", {"ml": "failed"}, message=LONG_MESSAGE[:10240]),
        Scenario(
            "many-long",
            many("many-long", MANY),
            "failed",
            Variation(end="failed", message=LONG_MESSAGE[:10240]),
            {f"job_{number:02}": "failed" for number in range(1, MANY + 1)},
        ),
        Scenario(
            "all-fail",
            {label: step for label, step in all_services("all-fail").items()},
            "failed",
            Variation(end="failed", message="Invalid S3 input path"),
            {**dict.fromkeys(every, "failed"), **{f"copy_{label}": "skipped" for label in every}},
            says=dict.fromkeys(every, "Invalid S3 input path"),
        ),
        Scenario(missing, rejected, "failed", step_outcomes=dict.fromkeys(rejected, "rejected")),
        every_service(
            "denied",
            outcome="failed",
            variation={"faults": (denied,)},
            step_outcomes={**dict.fromkeys(every, "rejected"), **{f"copy_{label}": "skipped" for label in every}},
            says=dict.fromkeys(every, "iam:PassRole"),
        ),
        Scenario(
            "imposter",
            {"ml": machine_learning("imposter")},
            "failed",
            Variation(imposter=imposter),
            {"ml": "rejected"},
            says={"ml": "ml-other"},
        ),
        Scenario(
            "second-attempt",
            {"ml": machine_learning("second-attempt", retry={"maxAttempts": 2})},
            "failed",
            Variation(end="failed", message="InternalServerError: We encountered an internal error."),
            {"ml": "failed"},
            seconds=110,
        ),
    ]


def _waits() -> list[Scenario]:
    texts = {
        "only-one": ("ValidationException", "Only one batch prediction job can run at a time."),
        "another-runs": ("ValidationException", "Another batch prediction job is in progress."),
        "maximum": ("ValidationException", "You have reached the maximum number of concurrent batch prediction jobs (1)."),
        "throttled": ("ThrottlingException", "Rate exceeded"),
        "unavailable": ("ResourceUnavailableException", "The resource is not available"),
    }
    return [
        *(
            Scenario(f"one-at-a-time-{name}", many(f"one-at-a-time-{name}", 2, fraud_detector), "succeeded", Variation(one_at_a_time=text), seconds=100, may_create_again=True)
            for name, text in texts.items()
        ),
        Scenario("seven-pz", many("seven-pz", 7, personalize), "succeeded", seconds=90, may_create_again=True),
    ]


def _cancels() -> list[Scenario]:
    long = {"running_seconds": 45}
    cancelled = {"copy_fd": "cancelled", "copy_ml": "cancelled", "copy_pi": "cancelled"}

    def fraud(name: str, fd: str, **more: object) -> Scenario:
        steps = {"fd": fraud_detector(name), "copy_fd": copy(name, "fd")}
        extra = {key: more.pop(key) for key in ("may_adopt", "may_create_again", "cancel_when", "seconds") if key in more}
        outcomes = {"fd": fd, "copy_fd": "cancelled"}
        return Scenario(name, steps, "cancelled", Variation(**{**long, **more}), outcomes, **{"cancel_when": "running", **extra})

    lost = Fault(CREATES, "reset", after_effect=True, count=1)
    stop_fails = Fault(("Cancel",), "refuse", count=2)
    stop_lost = Fault(("Cancel",), "reset", after_effect=True, count=1)
    stop_denied = Fault(("Cancel",), "refuse", "AccessDeniedException", "User is not authorized to cancel", 400)
    outage = Fault((*GETS, *LISTS), "html", only_when="begun", count=8)
    ml = "cancel-ml"
    return [
        fraud("cancel-fd", "stopped"),
        fraud("cancel-fd-queued", "stopped", cancel_when="queued", queued_seconds=8),
        fraud("cancel-lost-race", "succeeded", stop_end="succeeded"),
        fraud("cancel-then-failed", "failed", stop_end="failed"),
        fraud("cancel-faulty-stop", "stopped", faults=(stop_fails, stop_lost)),
        fraud("cancel-denied-stop", "left-running", faults=(stop_denied,), running_seconds=30),
        fraud("cancel-lost-start", "stopped", faults=(lost,), may_adopt=True),
        fraud(
            "cancel-late-start",
            "stopped",
            faults=(lost,),
            invisible_seconds=4,
            queued_seconds=20,
            cancel_when="queued",
            may_adopt=True,
            may_create_again=True,
        ),
        fraud("cancel-in-outage", "stopped", faults=(outage,), running_seconds=70, seconds=90),
        Scenario(
            ml,
            {"ml": machine_learning(ml), "pi": personalize(ml), "copy_ml": copy(ml, "ml"), "copy_pi": copy(ml, "pi")},
            "cancelled",
            Variation(running_seconds=30),
            {"ml": "left-running", "pi": "left-running", "copy_ml": "cancelled", "copy_pi": "cancelled"},
            cancel_when="running",
        ),
        Scenario(
            "cancel-waiting",
            many("cancel-waiting", 2, fraud_detector),
            "cancelled",
            Variation(running_seconds=45),
            any_order=("stopped", "cancelled"),
            cancel_when="running",
            may_create_again=True,
        ),
        Scenario(
            "timeout",
            {
                "fd": fraud_detector("timeout", timeout="4s"),
                "ml": machine_learning("timeout", timeout="4s"),
                "pi": personalize("timeout", timeout="4s"),
            },
            "failed",
            Variation(running_seconds=30),
            {"fd": "stopped", "ml": "left-running", "pi": "left-running"},
        ),
        Scenario(
            "leave",
            {"fd": fraud_detector("leave", timeout="4s", onCancel="leave")},
            "failed",
            Variation(running_seconds=30),
            {"fd": "left-running"},
        ),
    ]


SCENARIOS = [*_plain(), *_forms_of_answers(), *_lists(), *_faults(), *_lost_creates(), *_ends(), *_waits(), *_cancels()]
