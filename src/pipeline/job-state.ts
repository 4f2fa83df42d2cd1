/** The states that Nightscore tells apart, whatever a service calls them. */
export type JobState = 'queued' | 'running' | 'stopping' | 'succeeded' | 'failed' | 'stopped' | 'deleted';

const TERMINAL_STATES: ReadonlySet<JobState> = new Set(['succeeded', 'failed', 'stopped', 'deleted']);

/** Whether a job in this state has ended: it runs no more and its state is final. */
export function isTerminal(state: JobState): boolean {
  return TERMINAL_STATES.has(state);
}
