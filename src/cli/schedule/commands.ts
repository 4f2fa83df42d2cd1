import type { Command } from 'commander';
import { notBlank } from '../option-values.ts';
import { EXIT_CODES_TEXT } from '../process/exit-codes.ts';
import type { ApplyOptions } from './apply.ts';

const JSON_OPTION = ['--json', 'print one JSON document on stdout'] as const;
const PIPELINE_ARGUMENT = ['<pipeline>', 'name of a pipeline that has a schedule'] as const;

/** `nightscore schedule`: its subcommands. What each does is in the file of its name, or in `act.ts`. */
export function addSchedules(program: Command): void {
  program.commandsGroup('By the clock:');
  const schedule = program
    .command('schedule')
    .summary('apply, list and change schedules')
    .description('The schedules of pipelines: what their files say is applied to Temporal, which starts the runs.')
    .helpCommand(false)
    .addHelpText('after', example('nightscore schedule apply'));
  schedule
    .command('apply')
    .summary('make the schedules what the pipeline files say')
    .description(
      'Shows in what the schedules at Temporal differ from the files in the folder of pipelines, and makes them the same. Run again, it changes nothing. ' +
        'Nothing is changed when any file is not valid. Whether a schedule is paused stays as it is.',
    )
    .option('--dry-run', 'only show what would be changed')
    .option('--prune', 'delete the schedules of this task queue that no file wants any more')
    .option(...JSON_OPTION)
    .addHelpText('after', example('nightscore schedule apply --dry-run'))
    .action(async (options: ApplyOptions) => (await import('./apply.ts')).apply(options));
  schedule
    .command('list')
    .summary('print how the schedules stand')
    .description(
      'Prints each schedule: its next times, what became of its last runs, and in what it differs from the file.',
    )
    .option(...JSON_OPTION)
    .addHelpText('after', example('nightscore schedule list'))
    .action(async (options: { json?: true }) => (await import('./list.ts')).list(options));
  schedule
    .command('pause')
    .summary('start nothing until it is resumed')
    .argument(...PIPELINE_ARGUMENT)
    .requiredOption('--reason <text>', 'why, for people', notBlank)
    .addHelpText('after', example('nightscore schedule pause churn-nightly --reason "the data is late"'))
    .action(async (pipeline: string, options: { reason: string }) =>
      (await import('./act.ts')).pause(pipeline, options.reason),
    );
  schedule
    .command('resume')
    .summary('end a pause; what was due meanwhile is not made up for')
    .argument(...PIPELINE_ARGUMENT)
    .addHelpText('after', example('nightscore schedule resume churn-nightly'))
    .action(async (pipeline: string) => (await import('./act.ts')).resume(pipeline));
  schedule
    .command('trigger')
    .summary('start the run of the current period now')
    .argument(...PIPELINE_ARGUMENT)
    .addHelpText('after', example('nightscore schedule trigger churn-nightly'))
    .action(async (pipeline: string) => (await import('./act.ts')).trigger(pipeline));
  schedule
    .command('delete')
    .summary('delete a schedule; its runs go on')
    .argument(...PIPELINE_ARGUMENT)
    .addHelpText('after', example('nightscore schedule delete churn-nightly'))
    .action(async (pipeline: string) => (await import('./act.ts')).remove(pipeline));
}

function example(command: string): string {
  return `\nExample:\n  $ ${command}\n\n${EXIT_CODES_TEXT}`;
}
