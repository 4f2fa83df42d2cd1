/** `nightscore/workflow`: for people who write Temporal workflows of their own. Safe to import in workflow code. */
export { runJob, type JobProgress, type JobResult, type RunJobOptions } from './run-job.ts';
export { definePipeline } from '../pipeline/define.ts';
export { runPipeline, reportQuery, type RunPipelineInput } from './run-pipeline.ts';
export type { JobReport, RunReport } from '../pipeline/report.ts';
