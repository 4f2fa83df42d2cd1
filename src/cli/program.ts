import { Command, Option } from 'commander';
import { RUN_STATUSES } from '../client/run-summary.ts';
import type { DemoOptions } from './demo.ts';
import type { DevOptions } from './dev.ts';
import { EXIT_CODES_TEXT } from './process/exit-codes.ts';
import type { ListOptions } from './list.ts';
import { collected, pastMoment, portNumber, positiveNumber, rate, wholeNumber } from './option-values.ts';
import { SCOPES } from '../server/callers.ts';
import type { ServeOptions } from './serve.ts';
import type { ReplayCommandOptions } from './replay.ts';
import { addSchedules } from './schedule/commands.ts';
import type { SimulateOptions } from './simulate.ts';
import type { StartOptions } from './start.ts';
import type { TokenOptions } from './token.ts';
import { version } from './version.ts';

const JSON_OPTION = ['--json', 'print one JSON document on stdout'] as const;
const WHERE_OPTION = ['--where <filter>', 'runs that match, for example "pipeline=churn-* outcome=failed"'] as const;
const RUN_ARGUMENT = ['<run>', 'run key, for example tumor-screening/2026-11-20'] as const;

/**
 * The `nightscore` command: its subcommands, arguments and options. What a subcommand does is in the file of its name, which is
 * loaded only when it runs, so that `--help` need not wait for the clients of AWS and Temporal.
 */
export function createProgram(): Command {
  const program = new Command('nightscore')
    .description('Durable nightly batch predictions on AWS, on Temporal')
    .version(version(), '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .addHelpCommand(
      new Command('help').argument('[command]').description('print the help of a command').helpGroup('Options:'),
    )
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    // Errors are told in one place, with the exit codes: failure.ts.
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', `\n${EXIT_CODES_TEXT}\n\nTo see it work: nightscore demo`);
  addTrying(program);
  addRuns(program);
  addReplay(program);
  addSchedules(program);
  addPipelines(program);
  addServing(program);
  return program;
}

function addTrying(program: Command): void {
  program.commandsGroup('Try it, without an account:');
  program
    .command('demo')
    .summary('run three example pipelines and show the results')
    .description(
      'Starts a local Temporal server, the simulator and a worker in a temporary folder, runs the three example pipelines at once, ' +
        'shows their progress and their results, and stops and removes everything again.',
    )
    .option('--speed <factor>', 'simulated seconds per second', positiveNumber, 20)
    .addHelpText('after', example('nightscore demo'))
    .action(async (options: DemoOptions) => (await import('./demo.ts')).demo(options));
  program
    .command('dev')
    .summary('run Temporal, the simulator, a worker and the API here')
    .description(
      'Starts a local Temporal server, the simulator, a worker and the HTTP API. Ctrl-C stops them; the next `dev` goes on with what was running. ' +
        'A server on this machine that TEMPORAL_ADDRESS or a Temporal profile names is used instead of a new one, and so is a stand-in for AWS that ' +
        'AWS_ENDPOINT_URL names. No AWS account is ever called.',
    )
    .option('--port <port>', 'port of Temporal', portNumber, 7233)
    .option('--ui-port <port>', "port of Temporal's web UI", portNumber, 8233)
    .option('--simulator-port <port>', 'port of the simulator', portNumber, 8333)
    .option('--api-port <port>', 'port of the HTTP API', portNumber, 8080)
    .option('--speed <factor>', 'simulated seconds per second', positiveNumber, 60)
    .option('--data <folder>', 'folder of all data', './.nightscore')
    .addHelpText('after', example('nightscore dev'))
    .action(async (options: DevOptions) => (await import('./dev.ts')).dev(options));
  program
    .command('simulate')
    .summary('run only the simulator of the AWS services')
    .description(
      'Starts the simulator and prints its endpoint, for AWS_ENDPOINT_URL, on one line on stdout when it is ready.',
    )
    .option('--port <port>', 'port of the simulator (default: any free port)', portNumber)
    .option('--data <folder>', 'folder of its objects, resources and jobs', './.nightscore/simulator')
    .option('--speed <factor>', 'simulated seconds per second', positiveNumber, 1)
    .addHelpText('after', example('nightscore simulate --port 8333 --speed 60'))
    .action(async (options: SimulateOptions) => (await import('./simulate.ts')).simulate(options));
}

function addRuns(program: Command): void {
  program.commandsGroup('Runs:');
  program
    .command('start')
    .summary('start a run of a pipeline')
    .description(
      'Starts a run. There is one run for each pipeline and key: a run that exists already stays as it is. Nothing is started ' +
        'when anything is wrong with the pipeline or its parameters.',
    )
    .argument('<pipeline>', 'name of a pipeline in the pipelines folder, or path of a pipeline file')
    .option('--date <date>', "day or hour to run for (default: now, in the pipeline's time zone)")
    .option('--key <key>', 'key of the run, for pipelines without a period')
    .option('--param <name=value>', 'value of a parameter; may be repeated', collected)
    .option('--wait', 'show the run until it has ended, and exit by its outcome')
    .option(...JSON_OPTION)
    .addHelpText('after', example('nightscore start tumor-screening --param bucket=acme --wait'))
    .action(async (pipeline: string, options: StartOptions) => (await import('./start.ts')).start(pipeline, options));
  program
    .command('get')
    .summary('print what is known of a run')
    .argument(...RUN_ARGUMENT)
    .option('--history', 'all runs under the key: the first one and its replays')
    .option(...JSON_OPTION)
    .addHelpText('after', example('nightscore get tumor-screening/2026-11-20 --json'))
    .action(async (run: string, options: { history?: true; json?: true }) =>
      (await import('./get.ts')).get(run, options),
    );
  program
    .command('list')
    .summary('list runs, those that go on first')
    .option('--pipeline <name>', 'runs of this pipeline')
    .option('--key <key>', 'runs with this period or key')
    .addOption(new Option('--status <status>', 'runs that stand so').choices(RUN_STATUSES))
    .option('--service <uses>', 'runs that use this service or follow-up')
    .option('--job <id>', 'the run that started this job')
    .option('--since <moment>', 'runs started since a moment, or since so long ago, for example 7d', pastMoment)
    .option(...WHERE_OPTION)
    .option('--limit <number>', 'at most so many', wholeNumber, 50)
    .option(...JSON_OPTION)
    .addHelpText('after', example('nightscore list --status failed --since 7d'))
    .action(async (options: ListOptions) => (await import('./list.ts')).list(options));
  program
    .command('watch')
    .summary('show a run live until it has ended')
    .description(
      'Shows a run live until it has ended, and exits by its outcome. Ctrl-C ends the showing; the run goes on.',
    )
    .argument(...RUN_ARGUMENT)
    .addHelpText('after', example('nightscore watch tumor-screening/2026-11-20'))
    .action(async (run: string) => (await import('./watch.ts')).watch(run));
  program
    .command('cancel')
    .summary('cancel a run or one step of it')
    .description(
      'Asks a run to cancel. Its jobs are stopped where their services can; the report says what became of each.',
    )
    .argument(...RUN_ARGUMENT)
    .option('--step <id>', 'cancel this step only; the others go on')
    .option('--wait', 'show the run until it has ended, and exit by its outcome')
    .option(...JSON_OPTION)
    .addHelpText('after', example('nightscore cancel tumor-screening/2026-11-20 --wait'))
    .action(async (run: string, options: { step?: string; wait?: true; json?: true }) =>
      (await import('./cancel.ts')).cancel(run, options),
    );
}

function addReplay(program: Command): void {
  program
    .command('replay')
    .summary('run again what did not succeed')
    .description(
      'Replays runs that have ended, each as a new Temporal run under its run key: reuses the steps that succeeded, takes over jobs that still ' +
        'run or have ended since, and pays for new jobs only for the rest. Says first what it will do; asks on a terminal, and elsewhere ' +
        'needs --yes to pay for a job once more.',
    )
    .argument('[run]', 'run key, for example tumor-screening/2026-11-20')
    .option(...WHERE_OPTION)
    .option('--from <step>', 'run this step again, and all that need it, even if they succeeded')
    .addOption(
      new Option('--definition <which>', 'the definition that the run had, or that of the pipelines folder now')
        .choices(['same', 'new'])
        .default('same'),
    )
    .option('--param <name=value>', 'another value of a parameter; may be repeated', collected)
    .option('--reason <text>', 'why, for people')
    .option('--dry-run', 'say what it would do, and do nothing')
    .option('--yes', 'do not ask')
    .option('--wait', 'wait until the replays have ended, and exit by their outcome')
    .option('--limit <number>', 'with --where: refuse to replay more runs than this', wholeNumber, 1000)
    .option('--rate <number>', 'with --where: how many replays are started in a second', rate, 5)
    .option(...JSON_OPTION)
    .addHelpText('after', example("nightscore replay --where 'period=2026-11-19 pipeline=churn-*'"))
    .action(async (run: string | undefined, options: ReplayCommandOptions) =>
      (await import('./replay.ts')).replay(run, options),
    );
}

function addPipelines(program: Command): void {
  program.commandsGroup('Pipeline files:');
  program
    .command('validate')
    .summary('check pipeline files and print every problem')
    .argument('<file...>', 'pipeline files')
    .addHelpText('after', example('nightscore validate pipelines/*.yaml'))
    .action(async (files: string[]) => (await import('./validate.ts')).validate(files));
  program
    .command('schema')
    .summary('print the JSON Schema of pipeline files')
    .addHelpText('after', example('nightscore schema > pipeline.schema.json'))
    .action(async () => (await import('./schema.ts')).schema());
  program
    .command('services')
    .summary('print the services and what each can do')
    .option(...JSON_OPTION)
    .addHelpText('after', example('nightscore services'))
    .action(async (options: { json?: true }) => (await import('./services.ts')).services(options));
}

function addServing(program: Command): void {
  program.commandsGroup('Production:');
  program
    .command('worker')
    .summary('start a worker')
    .description(
      'Starts a worker against Temporal (TEMPORAL_* variables or profile file) and AWS (AWS_* variables, profiles and roles), until ' +
        'it is told to stop. Its settings are the NIGHTSCORE_* variables: see docs/command.md.',
    )
    .addHelpText('after', example('AWS_REGION=eu-west-1 nightscore worker'))
    .action(async () => (await import('./worker.ts')).worker());
  program
    .command('serve')
    .summary('start the HTTP API')
    .description(
      'Starts the HTTP API, for other services, until it is told to stop. It starts runs of the pipelines in the pipelines folder at Temporal ' +
        '(TEMPORAL_* variables or profile file). A page at /docs says what it can do.',
    )
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on', portNumber, 8080)
    .option('--tokens <file>', 'file of the tokens of callers; see: nightscore help token')
    .option('--no-auth', 'ask for no tokens; only with an address of this machine')
    .option('--rate <number>', 'requests that one caller may make in a second', wholeNumber, 100)
    .addHelpText('after', example('nightscore serve --tokens tokens.yaml'))
    .action(async (options: ServeOptions) => (await import('./serve.ts')).serve(options));
  program
    .command('token')
    .summary('make a token for a caller of the API')
    .description(
      'Makes a token and prints it, once, together with its entry for the file of tokens, which holds only a hash of it.',
    )
    .argument('<name>', 'name of the caller, which runs and the log give as who started them')
    .addOption(
      new Option('--scope <scope...>', 'what it is for: to see, to start, to cancel and replay')
        .choices(SCOPES)
        .makeOptionMandatory(),
    )
    .option('--pipeline <name>', 'a pipeline that it is for; may be repeated (default: all)', collected)
    .option(...JSON_OPTION)
    .addHelpText('after', example('nightscore token airflow --scope read start --pipeline churn-nightly'))
    .action(async (name: string, options: TokenOptions) => (await import('./token.ts')).token(name, options));
}

function example(command: string): string {
  return `\nExample:\n  $ ${command}\n\n${EXIT_CODES_TEXT}`;
}
