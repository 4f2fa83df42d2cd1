import type { ZodType } from 'zod';
import { JobFailure } from '../jobs/simulated-job.ts';
import type { JobKind, ScoredRecords, SimulatedJob } from '../jobs/simulated-job.ts';
import { fileIn, parseS3Uri } from '../s3-uri.ts';
import type { S3Location } from '../s3-uri.ts';
import type { ServiceHost } from '../service.ts';
import { textLines } from '../../text-lines.ts';
import { findFilter, findSolutionVersion } from './arns.ts';
import { RecordError, RECIPES } from './recipes.ts';
import type { RecipeContext } from './recipes.ts';
import type { CreateInferenceJob, CreateJob } from './requests.ts';
import type { Recipe, Resources } from './resources.ts';
import type { Settings } from './settings.ts';

type Host = ServiceHost<Resources, Settings>;

/** The developer guide: 25 is the default for recommendations. */
const DEFAULT_RESULTS = 25;
/** More than any record that the recipes take: 500 items of 256 characters. */
const LONGEST_LINE = 262_144;
const MOST_INPUT_FILES = 1000;

/** What a job needs that is only in requests of batch inference. */
type AnyRequest = CreateJob & Partial<Pick<CreateInferenceJob, 'batchInferenceJobMode' | 'themeGenerationConfig'>>;

/** The batch jobs of Personalize, which differ in their requests and in the recipes that they take. */
export function batchJobKind<Request extends AnyRequest>(
  host: Host,
  name: 'batch-inference' | 'batch-segment',
  request: ZodType<Request>,
): JobKind<Request> {
  return {
    service: 'personalize',
    name,
    request,
    timing: () => host.settings().timing,
    score: async (job, stage) => {
      const { recipe, context } = whatJobUses(host, job);
      const { jobInput, jobOutput } = job.request;
      const output = parseS3Uri(jobOutput.s3DataDestination.path);
      if (output === undefined || !(await host.store.hasBucket(output.bucket))) {
        throw new JobFailure('Invalid S3 output path');
      }
      const records: ScoredRecords = { total: 0, invalid: 0 };
      for (const { location, fileName } of await inputFiles(host, jobInput.s3DataSource.path)) {
        const result = fileIn(output, `${fileName}.out`);
        const text = answerFile(host, location, recipe, context, records);
        await stage.add({ ...result, contentType: 'application/json' }, text);
      }
      // The marker that Personalize leaves in the output folder.
      await stage.add({ ...fileIn(output, '_CHECK'), contentType: 'application/octet-stream' }, []);
      return records;
    },
  };
}

function whatJobUses(
  host: Host,
  { region, request }: SimulatedJob<AnyRequest>,
): { recipe: Recipe; context: RecipeContext } {
  const resources = host.resources();
  const place = { region, account: host.account() };
  const found = findSolutionVersion(resources, request.solutionVersionArn, place);
  if (found === undefined) throw new JobFailure('The solution version was deleted after the job was created.');
  const filter = request.filterArn === undefined ? undefined : findFilter(resources, request.filterArn, place);
  const themeColumn = request.themeGenerationConfig?.fieldsForThemeGeneration.itemName;
  const wantsThemes = request.batchInferenceJobMode === 'THEME_GENERATION' && themeColumn !== undefined;
  return {
    recipe: found.solution.recipe,
    context: {
      model: found.version.model,
      numResults: request.numResults ?? DEFAULT_RESULTS,
      excluded: new Set(filter?.exclude),
      segmentMember: host.settings().segmentMember,
      ...(wantsThemes ? { themeColumn } : {}),
    },
  };
}

/** Every object whose key begins like the path, as Personalize does it: also `folder_test/…` for `folder`. */
async function inputFiles({ store }: Host, path: string): Promise<{ location: S3Location; fileName: string }[]> {
  const prefix = parseS3Uri(path);
  if (prefix === undefined || !(await store.hasBucket(prefix.bucket))) throw new JobFailure('Invalid S3 input path');
  const objects = await store.list(prefix.bucket, prefix.key);
  const files = objects.filter(({ key }) => !key.endsWith('/'));
  if (files.length === 0) throw new JobFailure('Invalid S3 input path');
  if (files.length > MOST_INPUT_FILES) throw new JobFailure(`More than ${MOST_INPUT_FILES} input files`);
  const folderLength = prefix.key.lastIndexOf('/') + 1;
  return files.map(({ key }) => ({ location: { bucket: prefix.bucket, key }, fileName: key.slice(folderLength) }));
}

/** One output line for each input record; a record that cannot be answered has an `error` instead of an `output`. */
async function* answerFile(
  { store }: Host,
  { bucket, key }: S3Location,
  recipe: Recipe,
  context: RecipeContext,
  records: ScoredRecords,
): AsyncGenerator<string> {
  const { mostRecords = Number.POSITIVE_INFINITY } = RECIPES[recipe];
  let inFile = 0;
  for await (const { text, tooLong } of textLines(store.read(bucket, key), LONGEST_LINE)) {
    if (text.trim() === '') continue;
    inFile += 1;
    if (inFile > mostRecords) throw new JobFailure(`More than ${mostRecords} records in ${key}`);
    const line = tooLong ? failed(text.slice(0, 100), 'Input record is too long') : answerRecord(text, recipe, context);
    records.total += 1;
    if (line.error !== null) records.invalid += 1;
    yield `${JSON.stringify(line)}\n`;
  }
}

interface OutputLine {
  input: unknown;
  output: object | null;
  error: string | null;
}

function answerRecord(text: string, recipe: Recipe, context: RecipeContext): OutputLine {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return failed(text, 'Invalid input record: not JSON');
  }
  try {
    return { input, output: RECIPES[recipe].answer(input, context), error: null };
  } catch (error) {
    if (error instanceof RecordError) return failed(input, error.message);
    throw error;
  }
}

function failed(input: unknown, error: string): OutputLine {
  return { input, output: null, error };
}
