export { InvalidInputError, NoWorkerError, RunDiffersError, RunNotFoundError, RunStateError } from './errors.ts';
export {
  NightscoreClient,
  type NightscoreClientOptions,
  type StartOptions,
  type StartResult,
} from './nightscore-client.ts';
export type { RunPage, RunPageOptions } from './run-page.ts';
export type { ReadyReplay, ReplayOptions, ReplayPlan, ReplayStartOptions, ToldOfReplay } from './replay.ts';
export type { PlannedStep, ReplayAction } from '../pipeline/replay-plan.ts';
export type { RunDifference } from './run-differences.ts';
export type { RunFilter } from './run-filter.ts';
export type { RunOfHistory } from './run-history.ts';
export type { RunStatus, RunSummary } from './run-summary.ts';
export { NightscoreSchedules, type NightscoreSchedulesOptions } from './schedules/nightscore-schedules.ts';
export type { ScheduleChange, SchedulePlan } from './schedules/schedule-plan.ts';
export type { ScheduleDifference } from './schedules/schedule-content.ts';
export type { ScheduledAction, ScheduleStatus } from './schedules/schedule-status.ts';
export type * from '../pipeline/definition.ts';
export type { Difference, JobIdentity, JobObservation, JobRecords, JobRef } from '../pipeline/job.ts';
export type { Cause } from '../pipeline/cause.ts';
export type { PlaceWait } from '../pipeline/heartbeat.ts';
export type { Verification, VerificationProblem } from '../pipeline/verification.ts';
export type { JobState } from '../pipeline/job-state.ts';
export type { JobOutcome, RunOutcome, StepOutcome } from '../pipeline/outcome.ts';
export type { JobReport, RunReport, StepReport, StepState } from '../pipeline/report.ts';
