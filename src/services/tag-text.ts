import { z } from 'zod';

/** What AWS takes as the key of a tag, and Personalize as its value, too. */
export const tagText = z
  .string()
  .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, 'may hold letters, digits, blanks and _ . : / = + - @ only');
