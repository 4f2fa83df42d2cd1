import { csvFields, csvRecord } from '../csv-text.ts';
import { isDecimal, linearScore, sigmoid, softmax, UnusableValue } from '../prediction-model.ts';
import type { ValueOf } from '../prediction-model.ts';
import type { DataSchema, MlModel } from './resources.ts';

const BINARY_VALUES: Readonly<Record<string, string>> = {
  '0': '0', n: '0', no: '0', f: '0', false: '0',
  '1': '1', y: '1', yes: '1', t: '1', true: '1',
}; // prettier-ignore

/** Scores the records of one data source by one model, in Amazon ML's result format. */
export interface RecordScorer {
  /** The first line of every result file. */
  header: string;
  /** The result line of an input line, or undefined when the record is invalid. */
  score(line: string): string | undefined;
}

/**
 * A record is invalid when its line is not CSV, has another number of columns than the schema, or has something in a
 * NUMERIC or BINARY column that is no number or no truth value. An empty value is a missing value, and valid: Amazon ML
 * trains and predicts with missing values.
 */
export function recordScorer({ type, model, scoreThreshold }: MlModel, schema: DataSchema): RecordScorer {
  const extras = extraColumns(schema);
  const predictions = predictionColumns({ type, model, scoreThreshold });
  const read = recordReader(schema);
  return {
    header: csvRecord([...extras.map(({ title }) => title), ...predictions.titles]),
    score: (line) => {
      const valueOf = read(line);
      if (valueOf === undefined) return undefined;
      try {
        return csvRecord([...extras.map(({ field }) => valueOf(field) ?? ''), ...predictions.predict(valueOf)]);
      } catch (error) {
        if (error instanceof UnusableValue) return undefined;
        throw error;
      }
    },
  };
}

/** Columns that are copied from the input: the record's id, and the true value of the target. */
function extraColumns({ rowId, targetFieldName }: DataSchema): { title: string; field: string }[] {
  return [
    ...(rowId === undefined ? [] : [{ title: rowId, field: rowId }]),
    ...(targetFieldName === undefined ? [] : [{ title: 'trueLabel', field: targetFieldName }]),
  ];
}

interface Predictions {
  titles: string[];
  predict(valueOf: ValueOf): string[];
}

function predictionColumns({ type, model, scoreThreshold }: Omit<MlModel, keyof CommonMembers>): Predictions {
  if (model.kind === 'softmax') {
    const classes = Object.values(model.classes);
    return {
      titles: Object.keys(model.classes),
      predict: (valueOf) => softmax(classes.map((one) => linearScore(one, valueOf))).map(scientific),
    };
  }
  if (type === 'REGRESSION') {
    return { titles: ['score'], predict: (valueOf) => [scientific(linearScore(model, valueOf))] };
  }
  return {
    titles: ['bestAnswer', 'score'],
    predict: (valueOf) => {
      const score = sigmoid(linearScore(model, valueOf));
      return [score >= scoreThreshold ? '1' : '0', scientific(score)];
    },
  };
}

type CommonMembers = Pick<MlModel, 'name' | 'status' | 'message' | 'createdAt' | 'trainingDataSourceId'>;

/** Reads a line as a record; undefined when it is none of this schema. */
function recordReader({ attributes }: DataSchema): (line: string) => ValueOf | undefined {
  const columns = new Map(attributes.map(({ fieldName }, index) => [fieldName, index]));
  return (line) => {
    const fields = csvFields(line)?.map((field) => field.trim());
    if (fields?.length !== attributes.length) return undefined;
    for (const [index, { fieldType }] of attributes.entries()) {
      const value = fields[index] ?? '';
      if (value === '') continue;
      if (fieldType === 'NUMERIC' && !isDecimal(value)) return undefined;
      if (fieldType === 'BINARY') {
        const truth = BINARY_VALUES[value.toLowerCase()];
        if (truth === undefined) return undefined;
        fields[index] = truth;
      }
    }
    return (field) => fields[columns.get(field) ?? -1];
  };
}

/** Amazon ML's way to write numbers, for example `8.7642E-3`. */
function scientific(number: number): string {
  return Number(number.toPrecision(9)).toExponential().replace('e+', 'E').replace('e', 'E');
}
