import { expect, test } from 'vitest';
import { missingPermission } from '../../src/pipeline/denial.ts';

const ROLE = 'arn:aws:iam::123456789012:role/score';

test.each([
  [
    `User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: iam:PassRole on resource: ${ROLE} because no identity-based policy allows the iam:PassRole action`,
    `Missing permission: iam:PassRole on ${ROLE}.`,
  ],
  ['User is not authorized to perform: machinelearning:GetMLModel', 'Missing permission: machinelearning:GetMLModel.'],
  ['Access denied', undefined],
  ['not authorized to perform this action', undefined],
])('of %j, what has to be granted is %j', (message, expected) => {
  expect(missingPermission(message)).toBe(expected);
});
