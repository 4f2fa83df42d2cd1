/** What Temporal workers run: the two public workflow types are the exported functions. */
export { runPipeline } from './run-pipeline.ts';
