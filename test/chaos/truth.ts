/** A job as the simulator knows it, whatever clients were told. */
export interface TrueJob {
  service: string;
  id: string;
  state: string;
  /** What a fault made of it. */
  fate?: string;
  createdAt: string;
  endedAt?: string;
}

export interface TrueCall {
  service: string;
  operation: string;
  job?: string;
  effect: string;
  fault?: string;
}

/** What really happened at the simulated services. */
export interface Truth {
  jobs: TrueJob[];
  calls: TrueCall[];
}

export async function fetchTruth(endpoint: string): Promise<Truth> {
  const read = async (what: string) => (await fetch(`${endpoint}/_simulator/${what}`)).json();
  return { jobs: (await read('jobs')) as TrueJob[], calls: (await read('ledger')) as TrueCall[] };
}
