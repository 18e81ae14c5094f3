// What an agent said and did in a session, as parts in their order.
import { z } from '@hono/zod-openapi';
import { toolKinds } from '../../domain/agents/transcript.ts';
import { queryInteger, uuid } from '../base.ts';

const id = z.string().nullable();
const text = z.string();
const count = z.number().int().nullable();

const partSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.enum(['said', 'thought']),
      text,
      piece: z.boolean().openapi({ description: 'It continues what was said just before.' }),
    }),
    z.object({ kind: z.literal('told'), text, failed: z.boolean() }),
    z.object({ kind: z.literal('printed'), text }),
    z.object({
      kind: z.literal('call'),
      id: id.openapi({
        description: 'Joins a call with its answer; a call that is told again has the same.',
      }),
      tool: z.enum(toolKinds),
      title: z.string().openapi({ description: 'One line: `read src/server.js`, `$ npm test`.' }),
      change: z.string().nullable().openapi({
        description:
          'What an edit takes away and adds, as lines that begin with `-` and `+`. Null: not told.',
      }),
    }),
    z.object({
      kind: z.literal('answer'),
      id,
      text,
      exit: count.openapi({ description: 'The exit code of a command; null: it is none, or not told.' }),
      failed: z.boolean(),
    }),
    z.object({
      kind: z.literal('turn'),
      id: id.openapi({ description: 'Another ID than that of the part before begins a turn of the model.' }),
      input: count.openapi({ description: 'Tokens of the turn, cached or not.' }),
      output: count,
    }),
  ])
  .openapi('TranscriptPart');

export const transcriptSchema = z
  .object({
    session_id: uuid,
    parts: z.array(partSchema),
    offset: z.number().int(),
    next_offset: z.number().int().openapi({ description: 'The offset of the output to read from next.' }),
    size: z.number().int(),
    is_over: z.boolean().openapi({ description: 'The transcript is complete.' }),
    is_here: z.boolean().openapi({
      description:
        'False: the output is on another machine, which has not stored any of it in the database yet.',
    }),
  })
  .openapi('Transcript');
export const transcriptQuery = z.object({ offset: queryInteger({ min: 0, byDefault: 0 }) });
export type TranscriptPage = z.infer<typeof transcriptSchema>;
