/** A request of each service that the simulator's seed folder can serve. */
export const EXAMPLE_REQUESTS: Record<string, (runDate: string) => Record<string, unknown>> = {
  'machine-learning/batch-prediction': (date) => ({
    MLModelId: 'ml-tumor-screening',
    BatchPredictionDataSourceId: 'ds-tumor-screening',
    OutputUri: `s3://nightscore-examples/test/tumor/${date}/`,
  }),
  'fraud-detector/batch-prediction': (date) => ({
    inputPath: 's3://nightscore-examples/card-payments/input/payments.csv',
    outputPath: `s3://nightscore-examples/test/payments/${date}`,
    eventTypeName: 'card_payment',
    detectorName: 'card_payment_detector',
    detectorVersion: '1',
    iamRoleArn: 'arn:aws:iam::123456789012:role/nightscore-examples',
  }),
  'personalize/batch-inference': (date) => ({
    solutionVersionArn: 'arn:aws:personalize:eu-west-1:123456789012:solution/films-for-you/a7f3c2d9',
    numResults: 5,
    jobInput: { s3DataSource: { path: 's3://nightscore-examples/film-recommendations/input/viewers.jsonl' } },
    jobOutput: { s3DataDestination: { path: `s3://nightscore-examples/test/films/${date}/` } },
    roleArn: 'arn:aws:iam::123456789012:role/nightscore-examples',
  }),
  'personalize/batch-segment': (date) => ({
    solutionVersionArn: 'arn:aws:personalize:eu-west-1:123456789012:solution/film-fans/b41e6f08',
    numResults: 5,
    jobInput: { s3DataSource: { path: 's3://nightscore-examples/film-recommendations/input/films.jsonl' } },
    jobOutput: { s3DataDestination: { path: `s3://nightscore-examples/test/segments/${date}/` } },
    roleArn: 'arn:aws:iam::123456789012:role/nightscore-examples',
  }),
};
