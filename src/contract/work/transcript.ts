// What an agent said and did in a session, as parts in their order.
import { z } from '@hono/zod-openapi';
import { transcriptPartSchema } from '../../domain/agents/transcript-part.ts';
import { queryInteger, uuid } from '../base.ts';

export const transcriptSchema = z
  .object({
    session_id: uuid,
    parts: z.array(transcriptPartSchema).openapi({
      description:
        'A `call` and its `answer` have one `id`; another `id` of a `turn` than before begins a turn of the model.',
    }),
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
