import { fraudDetector } from './fraud-detector/fraud-detector.ts';
import { machineLearning } from './machine-learning/machine-learning.ts';
import { personalize } from './personalize/personalize.ts';
import type { ServiceFactory } from './service.ts';

/** Every simulated service apart from S3. */
export const SERVICES: readonly ServiceFactory[] = [machineLearning, fraudDetector, personalize];
