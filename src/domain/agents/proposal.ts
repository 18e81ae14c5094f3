import { z } from 'zod';

// The edits that the Proposer gives to an agent which does not write code itself (R-PIPE-4).

/** Limits of one proposal: above them it is refused, not half applied. */
export const proposalLimits = {
  editsMax: 200,
  pathCharsMax: 1_024,
  contentCharsMax: 2_000_000,
} as const;

/** Half a surrogate pair is not text, and a NUL does not belong in a file from a model. */
const isText = (text: string) => text.isWellFormed() && !text.includes('\0');
const path = z.string().min(1).max(proposalLimits.pathCharsMax).refine(isText, 'is not text');
const text = z.string().max(proposalLimits.contentCharsMax).refine(isText, 'is not text');

export const editSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('replace'),
    path,
    search: text
      .refine((search) => search !== '', 'is empty')
      .describe('exact text that occurs exactly once in the file'),
    replace: text,
  }),
  z.object({ kind: z.literal('write'), path, content: text.describe('the whole new content of the file') }),
  z.object({ kind: z.literal('delete'), path }),
]);
export type Edit = z.infer<typeof editSchema>;

export const proposalSchema = z.object({
  plan: z.string().min(1).max(20_000).describe('what will be changed and why, in a few sentences'),
  edits: z.array(editSchema).max(proposalLimits.editsMax),
  risks: z.array(z.string().max(2_000)).max(50),
});
export type Proposal = z.infer<typeof proposalSchema>;
