// One thing that an agent said or did in a session.
import { z } from 'zod';

/** What a tool does, as far as its call shows it. */
export const toolKinds = ['read', 'edit', 'run', 'search', 'fetch', 'other'] as const;
export type ToolKind = (typeof toolKinds)[number];

const text = z.string();
const count = z.number().int().nullable();

const saidSchema = z.object({
  kind: z.enum(['said', 'thought']),
  text,
  /** It continues what was said just before. */
  piece: z.boolean(),
});
/** What the agent's program tells: a retry, a warning, its end. */
const toldSchema = z.object({ kind: z.literal('told'), text, failed: z.boolean() });
/** A line of output that is none of the agent's events. */
const printedSchema = z.object({ kind: z.literal('printed'), text });
const callSchema = z.object({
  kind: z.literal('call'),
  /** Joins the call with its answer; null if the agent names none. A call that is told again has the same. */
  id: z.string().nullable(),
  tool: z.enum(toolKinds),
  /** One line: `read src/server.js`, `$ npm test`. */
  title: z.string(),
  /** What an edit takes away and adds, as lines that begin with `-` and `+`; null if it is no edit, or not told. */
  change: z.string().nullable(),
});
const answerSchema = z.object({
  kind: z.literal('answer'),
  id: z.string().nullable(),
  text,
  /** The exit code of a command; null if it is none, or did not end by itself. */
  exit: count,
  failed: z.boolean(),
});
const turnSchema = z.object({
  kind: z.literal('turn'),
  /** Parts of one answer of the model have one ID; null if the agent names none. */
  id: z.string().nullable(),
  /** Tokens of the turn, cached or not; null if the agent does not say. */
  input: count,
  output: count,
});

export const transcriptPartSchema = z.discriminatedUnion('kind', [
  saidSchema,
  toldSchema,
  printedSchema,
  callSchema,
  answerSchema,
  turnSchema,
]);

export type TranscriptPart = z.infer<typeof transcriptPartSchema>;
export type ToolCall = z.infer<typeof callSchema>;
export type ToolAnswer = z.infer<typeof answerSchema>;
export type ModelTurn = z.infer<typeof turnSchema>;

/** Reads one line of an agent's output. Never throws because of what the agent wrote. */
export type TranscriptReader = (line: string) => TranscriptPart[];
