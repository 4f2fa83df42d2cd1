import { startSimulator, type Simulator, type SimulatorOptions } from '../../simulator/simulator.ts';

/** The simulator cannot be started with what it was given: its folder, what stands in it, or its port. */
export class SimulatorStartError extends Error {
  override readonly name = 'SimulatorStartError';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Starts the simulator. Throws a SimulatorStartError. */
export async function startSimulatedAws(options: SimulatorOptions): Promise<Simulator> {
  try {
    return await startSimulator(options);
  } catch (error) {
    throw new SimulatorStartError(error);
  }
}
