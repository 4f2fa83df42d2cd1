/**
 * Does nothing: that a workflow of its id was started is what Temporal is to remember, for as long as it keeps what has ended. Its memo says
 * what the request was for.
 */
export async function rememberRequest(): Promise<void> {}
