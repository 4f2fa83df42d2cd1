/**
 * How many runs one answer of Temporal's lists holds. Each brings the whole report of its run, of up to some hundred kilobytes, and the answer must stay
 * below what gRPC takes; Temporal's own page has 1,000.
 */
export const RUNS_PER_ANSWER = 50;

/** How many run keys one query asks for: its text stays far below what Temporal and its databases take. */
export const RUNS_PER_QUERY = 50;
