import { print } from '../process/output.ts';
import { withNightscore } from '../runs/connect.ts';
import { oneLine } from '../view/one-line.ts';

/** `nightscore schedule pause`. */
export async function pause(pipeline: string, reason: string): Promise<void> {
  await withNightscore(({ schedules }) => schedules.pause(pipeline, reason));
  print(`Paused the schedule of ${pipeline}: ${oneLine(reason)}`);
}

/** `nightscore schedule resume`. */
export async function resume(pipeline: string): Promise<void> {
  await withNightscore(({ schedules }) => schedules.resume(pipeline));
  print(`The schedule of ${pipeline} is active. What was due while it was paused is not made up for.`);
}

/** `nightscore schedule trigger`. */
export async function trigger(pipeline: string): Promise<void> {
  await withNightscore(({ schedules }) => schedules.trigger(pipeline));
  print(
    `Asked the schedule of ${pipeline} for the run of the current period, which starts unless there is one already. ` +
      `See it with: nightscore list --pipeline ${pipeline}`,
  );
}

/** `nightscore schedule delete`. */
export async function remove(pipeline: string): Promise<void> {
  await withNightscore(({ schedules }) => schedules.delete(pipeline));
  print(`Deleted the schedule of ${pipeline}. Runs that it started go on.`);
}
