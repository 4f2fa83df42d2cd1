import { PipelineFileError } from '../../pipeline-files.ts';
import { readSettings } from '../../settings.ts';
import { note, print, printJson } from '../process/output.ts';
import { withNightscore } from '../runs/connect.ts';
import { paintFor } from '../view/paint.ts';
import { scheduleLines } from '../view/schedule-lines.ts';
import { columnsOf } from '../view/terminal-size.ts';
import { loadFolder, type LoadedFolder } from './pipelines.ts';

/** `nightscore schedule list`: how each schedule stands, and whether it is what its file says. */
export async function list({ json }: { json?: true }): Promise<void> {
  const folder = await loadedFolder();
  await withNightscore(async ({ schedules }) => {
    const listed = await schedules.list(folder?.pipelines);
    if (json) return printJson(listed);
    if (listed.length === 0) return print('There are no schedules: see `nightscore schedule apply`.');
    const { stdout } = process;
    const columns = stdout.isTTY ? columnsOf(stdout) : Number.POSITIVE_INFINITY;
    print(scheduleLines(listed, paintFor(stdout), columns).join('\n'));
  });
}

/** The files to compare with, if there are any here: the list is of use without them, too. */
async function loadedFolder(): Promise<LoadedFolder | undefined> {
  try {
    const loaded = await loadFolder(readSettings().pipelinesFolder);
    if (loaded.problems.length > 0) {
      note(`Not compared with their files, which are not valid:\n${new PipelineFileError(loaded.problems).message}`);
    }
    return loaded;
  } catch (error) {
    if (!(error instanceof PipelineFileError)) throw error;
    note(`Not compared with any files: ${error.message}`);
    return undefined;
  }
}
