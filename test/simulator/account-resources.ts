const churnSchema = {
  version: '1.0',
  rowId: 'id',
  dataFormat: 'CSV',
  dataFileContainsHeader: true,
  attributes: [
    { fieldName: 'id', fieldType: 'CATEGORICAL' },
    { fieldName: 'months', fieldType: 'NUMERIC' },
    { fieldName: 'plan', fieldType: 'CATEGORICAL' },
    { fieldName: 'active', fieldType: 'BINARY' },
  ],
};

const taste = {
  kind: 'factors',
  users: { ann: [2, 0], bob: [0, 2], cem: [1, 1.5] },
  items: { alien: [2, 0.1], brazil: [1, 1], casablanca: [0.1, 2] },
  attributes: { alien: { GENRE: 'horror', YEAR: 1979 }, brazil: { GENRE: 'satire' }, casablanca: { GENRE: 'drama' } },
};

const solution = (recipe: string) => ({ recipe, versions: { v1: { model: taste } } });

/** A small account: one of everything that a job can name, and things that cannot be used. */
export const ACCOUNT_RESOURCES = {
  account: '123456789012',
  machineLearning: {
    models: {
      'ml-churn': {
        name: 'Churn',
        type: 'BINARY',
        trainingDataSourceId: 'ds-training',
        model: { kind: 'linear', intercept: 0, coefficients: { months: -1, plan: { free: 2 } } },
      },
      'ml-spend': {
        type: 'REGRESSION',
        trainingDataSourceId: 'ds-training',
        model: { kind: 'linear', intercept: 100, coefficients: { months: 0.5, active: 10 } },
      },
      'ml-segment': {
        type: 'MULTICLASS',
        trainingDataSourceId: 'ds-training',
        model: {
          kind: 'softmax',
          classes: {
            stays: { intercept: 1, coefficients: { months: 0 } },
            leaves: { intercept: 1, coefficients: { months: 0 } },
          },
        },
      },
      'ml-training': {
        type: 'BINARY',
        status: 'INPROGRESS',
        trainingDataSourceId: 'ds-training',
        model: { kind: 'linear', intercept: 0, coefficients: {} },
      },
      'ml-broken': {
        type: 'BINARY',
        status: 'FAILED',
        trainingDataSourceId: 'ds-training',
        model: { kind: 'linear', intercept: 0, coefficients: {} },
      },
    },
    dataSources: {
      'ds-customers': { name: 'Customers', dataLocationS3: 's3://acme/in/customers.csv', schema: churnSchema },
      'ds-folder': { dataLocationS3: 's3://acme/many/', schema: churnSchema },
      'ds-missing': { dataLocationS3: 's3://acme/nowhere.csv', schema: churnSchema },
      'ds-training': { dataLocationS3: 's3://acme/in/customers.csv', schema: churnSchema },
    },
  },
  fraudDetector: {
    eventTypes: {
      payment: { variables: ['amount'], entityTypes: ['customer'] },
      login: { variables: ['ip'], entityTypes: ['customer'] },
    },
    detectors: {
      payments: {
        eventType: 'payment',
        versions: {
          1: {
            modelName: 'payment_model',
            model: { kind: 'linear', intercept: 0, coefficients: { amount: 1 } },
            rules: [
              { ruleId: 'high', minScore: 900, outcome: 'block' },
              { ruleId: 'rest', minScore: 0, outcome: 'approve' },
            ],
          },
          2: {
            status: 'DRAFT',
            modelName: 'payment_model',
            model: { kind: 'linear', intercept: 0, coefficients: { amount: 1 } },
            rules: [{ ruleId: 'rest', minScore: 0, outcome: 'approve' }],
          },
        },
      },
      unfinished: { eventType: 'payment', versions: {} },
    },
  },
  personalize: {
    solutions: {
      'for-you': solution('aws-user-personalization'),
      ranking: solution('aws-personalized-ranking'),
      similar: solution('aws-sims'),
      themed: solution('aws-similar-items'),
      fans: solution('aws-item-affinity'),
      audience: solution('aws-item-attribute-affinity'),
      training: { recipe: 'aws-sims', versions: { v1: { status: 'CREATE IN_PROGRESS', model: taste } } },
    },
    filters: { 'no-horror': { exclude: ['alien'] }, 'no-bob': { exclude: ['bob'] } },
  },
};

/** The resources with settings on top. */
export function withSettings(settings: object): object {
  return { ...ACCOUNT_RESOURCES, settings };
}
