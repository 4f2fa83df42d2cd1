/** `nightscore/workflow`: for people who write Temporal workflows of their own. Safe to import in workflow code. */
export { runJob } from './run-job.ts';
export type { JobProgress, JobResult, RunJobOptions } from './run-job-options.ts';
export { definePipeline } from '../pipeline/define.ts';
export { runPipeline, reportQuery, type RunPipelineInput } from './run-pipeline.ts';
export type { JobReport, RunReport } from '../pipeline/report.ts';
