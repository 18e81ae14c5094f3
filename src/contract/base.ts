// Shared by all answers: identifiers, pages, and the format of errors (RFC 9457).
import { z } from '@hono/zod-openapi';
import '../domain/text/plain-issues.ts';
import { failureCategories, failureClasses, severities } from '../domain/failure.ts';
import { labelLimits, labelPattern } from '../domain/machine/label.ts';

export const nameCharsMax = 200;
export const sentenceCharsMax = 4_000;
export const textCharsMax = 100_000;
export const pageSizeMax = 200;

export const name = z.string().min(1).max(nameCharsMax);
/** The name with which a person signs in. */
export const personName = name.regex(/^\S+$/, 'Must be a name without spaces');
export const labels = z
  .array(z.string().regex(labelPattern, 'Must be KEY=VALUE, as in gpu=yes'))
  .max(labelLimits.labelsMax);
export const uuid = z.uuid();
/** A complete ID, its start or end, or what a person copies from a screen. */
export const shortId = z
  .string()
  .regex(/^[0-9a-fA-F-]{4,36}$/, 'Must be an id, or at least 4 of its hexadecimal digits, as in 253e49c1');
/** A time in UTC (RFC 3339). */
export const time = z.iso.datetime();
export const usd = z.number().openapi({ description: 'US dollars.' });
export const metadata = z.record(z.string().max(nameCharsMax), z.unknown());
export const failureClass = z.enum(failureClasses);
export const category = z.enum(failureCategories);
export const severity = z.enum(severities);

export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:moose:error:TOKEN_INVALID' }),
    title: z
      .string()
      .openapi({ description: 'The kind of problem; the same for all problems of that kind.' }),
    status: z.number().int(),
    detail: z.string().openapi({ description: 'What happened, in one sentence.' }),
    code: z.string().openapi({ example: 'TOKEN_INVALID' }),
    advice: z.string().openapi({ description: 'What to do about it; empty if unknown.' }),
    issues: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'For an invalid request: what is wrong, and where.' }),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof problemSchema>;

/** True if the body has any member; an absent body is read as an empty object. */
export const saysSomething = (given: object): boolean => Object.keys(given).length > 0;

/** Digits only: a coercion would accept `0x10`, and read an empty text as 0. */
const digits = ({ min, max }: { min: number; max: number }) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'Must be a whole number')
    .transform(Number)
    .pipe(z.number().int().min(min).max(max));

export const queryInteger = ({
  min,
  max = Number.MAX_SAFE_INTEGER,
  byDefault,
}: {
  min: number;
  max?: number;
  byDefault: number;
}) =>
  digits({ min, max })
    .default(byDefault)
    .openapi({ type: 'integer', minimum: min, maximum: max, default: byDefault });

export const queryIntegerIfAny = ({ min, max }: { min: number; max: number }) =>
  digits({ min, max }).optional().openapi({ type: 'integer', minimum: min, maximum: max });

export const pageQuery = z.object({
  cursor: z
    .string()
    .max(nameCharsMax)
    .optional()
    .openapi({ description: '`next_cursor` of the previous page.' }),
  limit: queryInteger({ min: 1, max: pageSizeMax, byDefault: 50 }),
});

export const pageOf = <Schema extends z.ZodType>(item: Schema, named: string) =>
  z
    .object({
      items: z.array(item),
      next_cursor: z.string().nullable().openapi({ description: 'Null on the last page.' }),
    })
    .openapi(named);
export type Page<Item> = z.infer<ReturnType<typeof pageOf<z.ZodType<Item>>>>;

/** The time range that a chart shows, back from now. */
export const ranges = ['24h', '7d', '30d', '90d'] as const;
export type Range = (typeof ranges)[number];
export const rangeQuery = z.object({ range: z.enum(ranges).default('24h') });

/** What a commit contains for agents, by name. */
export const agentAssetsSchema = z.object({
  instructions: z.array(z.string()),
  skills: z.array(z.string()),
  servers: z.array(z.string()),
  left_out: z.array(z.object({ name: z.string(), because: z.string() })),
});
