// What a client gives an operation, and what it gets: both follow from the operation alone.
import type { z } from '@hono/zod-openapi';
import type { ApiRole } from '../../domain/people/api-role.ts';

/** What a client needs to know of an operation. */
export interface Operation {
  method: string;
  path: string;
  role: ApiRole | null;
  audit: string | null;
  isForPeople: boolean;
  request?: { params?: object; query?: object; headers?: unknown; body?: unknown } | undefined;
  responses: object;
}

interface JsonContent<Schema> {
  content: { 'application/json': { schema: Schema } };
}

/** A query is text on the wire: a number or a boolean is written as one. */
type AsText<Value> =
  | Value
  | (string extends Value ? number | bigint : never)
  | ('true' extends Value ? boolean : never)
  | undefined;
/** Undefined members are left out. */
type Loose<Given> = { [Key in keyof Given]: Given[Key] | undefined };

type InputOf<Of extends Operation, Part extends 'params' | 'query'> =
  Of['request'] extends Record<Part, infer Schema extends z.ZodType> ? z.input<Schema> : never;
type BodyOf<Of extends Operation> =
  Of['request'] extends Record<'body', JsonContent<infer Schema extends z.ZodType>> ? z.input<Schema> : never;

/** A member that may be left out if everything in it may be. */
type Member<Name extends string, Value> = [Value] extends [never]
  ? { [Key in Name]?: undefined }
  : Record<never, never> extends Value
    ? { [Key in Name]?: Value | undefined }
    : { [Key in Name]: Value };

type QueryText<Query> = { [Key in keyof Query]: AsText<NonNullable<Query[Key]>> };

/** Also if the body is a union. */
type Optional<Body> = Body extends unknown ? Loose<Body> : never;

export type Given<Of extends Operation> = Member<'params', InputOf<Of, 'params'>> &
  Member<'query', QueryText<InputOf<Of, 'query'>>> &
  Member<'body', Optional<BodyOf<Of>>> & {
    /** Of an operation that takes an idempotency key; a new one if absent. */
    key?: string;
    /** How many more bytes the answers of one list may have, over all pages. */
    left?: { bytes: number } | undefined;
    signal?: AbortSignal | undefined;
  };

type AnswersOf<Responses> = {
  [Status in keyof Responses & (200 | 201 | 202)]: Responses[Status] extends JsonContent<
    infer Schema extends z.ZodType
  >
    ? z.output<Schema>
    : undefined;
};
type Answers<Responses> = AnswersOf<Responses>[keyof AnswersOf<Responses>];

/** Undefined if a success has no body. */
export type AnswerOf<Of extends Operation> = [Answers<Of['responses']>] extends [never]
  ? undefined
  : Answers<Of['responses']>;

export interface Ask {
  <Of extends Operation>(
    operation: Of,
    ...given: Record<never, never> extends Given<Of> ? [given?: Given<Of>] : [given: Given<Of>]
  ): Promise<AnswerOf<Of>>;
  /** @param as - reads only a part of the answer */
  <Of extends Operation, Part>(operation: Of, given: Given<Of>, as: z.ZodType<Part>): Promise<Part>;
}
