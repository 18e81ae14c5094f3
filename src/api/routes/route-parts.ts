// What the descriptions of routes are made of.
import type { z } from '@hono/zod-openapi';
import { problemSchema } from '../contract.ts';

export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true as const, content: { 'application/json': { schema } } },
});

/** Whatever goes wrong, with its stable code. */
export const problems = {
  default: {
    description: 'What went wrong, with a stable code and what to do about it.',
    content: { 'application/problem+json': { schema: problemSchema } },
  },
};

/** A program's token, or the cookie of a person who has signed in. */
export const withToken = { security: [{ token: [] }, { cookie: [] }] };
