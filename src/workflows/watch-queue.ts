/** Suffix of the task queue on which `awaitJob` is held, so that thousands of waits never starve the rest. */
export const WATCH_QUEUE_SUFFIX = '-watch';
