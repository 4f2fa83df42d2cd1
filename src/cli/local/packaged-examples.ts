import { fileURLToPath } from 'node:url';

/** The examples that the package brings along; the same way from src/cli/local and from lib/cli/local. */
const EXAMPLES = new URL('../../../examples/', import.meta.url);

/** Folder of the example pipelines. */
export const EXAMPLE_PIPELINES = fileURLToPath(new URL('pipelines', EXAMPLES));

/** The true diagnoses of the example's biopsies, in the order of its input: 1 for malignant. */
export const TUMOR_LABELS = fileURLToPath(new URL('data/tumor-screening-labels.csv', EXAMPLES));
