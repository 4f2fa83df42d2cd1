import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import type { PipelineDefinition } from '../../src/pipeline/definition.ts';

export const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));
export const SIMULATOR = join(EXAMPLES, 'simulator');

export const PIPELINES = ['tumor-screening', 'card-payments', 'film-recommendations'] as const;

export interface LinearModel {
  kind: 'linear';
  intercept: number;
  coefficients: Record<string, number | Record<string, number>>;
}

export interface FactorsModel {
  kind: 'factors';
  users: Record<string, number[]>;
  items: Record<string, number[]>;
}

interface DataSource {
  dataLocationS3: string;
  schema: { attributes: { fieldName: string; fieldType: string }[] };
}

interface DetectorVersion {
  model: LinearModel;
  rules: { ruleId: string; minScore: number; outcome: string }[];
}

/** The members of resources.yaml that these tests look at. */
export interface Resources {
  account: string;
  machineLearning: {
    models: Record<string, { trainingDataSourceId: string; model: LinearModel }>;
    dataSources: Record<string, DataSource>;
  };
  fraudDetector: {
    eventTypes: Record<string, { variables: string[]; entityTypes: string[] }>;
    detectors: Record<string, { eventType: string; versions: Record<string, DetectorVersion> }>;
  };
  personalize: {
    solutions: Record<string, { recipe: string; versions: Record<string, { model: FactorsModel }> }>;
  };
}

export type CsvRecord = Record<string, string>;

/** The text of a file under examples/. */
export function readExample(path: string): string {
  return readFileSync(join(EXAMPLES, path), 'utf8');
}

export function readResources(): Resources {
  return parseYaml(readExample('simulator/resources.yaml')) as Resources;
}

export function readPipeline(name: string): PipelineDefinition {
  return parseYaml(readExample(`pipelines/${name}.yaml`)) as PipelineDefinition;
}

/** Where an S3 URI's object lies in the seed folder. */
export function seedFile(s3Uri: string): string {
  return join(SIMULATOR, 's3', s3Uri.replace(/^s3:\/\//, ''));
}

export function readCsv(path: string): CsvRecord[] {
  return parseCsv<CsvRecord>(readExample(path), { columns: true });
}

/** Intercept plus coefficients times values: what a linear model makes of a record, before any sigmoid. */
export function linearScore(model: LinearModel, record: CsvRecord): number {
  return Object.entries(model.coefficients).reduce((sum, [field, coefficient]) => {
    const value = record[field] ?? '';
    const term = typeof coefficient === 'number' ? coefficient * Number(value) : (coefficient[value] ?? Number.NaN);
    return sum + term;
  }, model.intercept);
}
