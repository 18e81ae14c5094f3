import { z } from 'zod';

/** Files that an agent made and that git ignores: they are not part of the change. */
export const ignoredFilesSchema = z.object({
  /** Files and folders; the first ones, if there are many. */
  paths: z.array(z.string()),
  count: z.number(),
  /** The ref that contains them; null if they are too large to be kept. */
  keptUnder: z.string().nullable(),
});
export type IgnoredFiles = z.infer<typeof ignoredFilesSchema>;

const namedMax = 20;

/** What a change leaves out, in one or two sentences for people and agents; empty if nothing. */
export function leftOutSentence({
  ignored,
  leftOut = [],
}: {
  ignored?: IgnoredFiles | undefined;
  leftOut?: readonly string[] | undefined;
}): string {
  const more = leftOut.length > namedMax ? ` and ${leftOut.length - namedMax} more` : '';
  const dropped =
    leftOut.length === 0
      ? ''
      : `Tools left ${leftOut.slice(0, namedMax).join(', ')}${more}: not part of the change, because the repository has no such files and the work order names none.`;
  return [ignoredSentence(ignored), dropped].filter(Boolean).join(' ');
}

/** One sentence for people and agents; empty if there are none. */
function ignoredSentence(ignored: IgnoredFiles | undefined): string {
  if (ignored === undefined) return '';
  const { paths, count, keptUnder } = ignored;
  const more = count > paths.length ? ` and ${count - paths.length} more` : '';
  const kept = keptUnder === null ? '' : `, but kept under ${keptUnder}`;
  return `The agent made ${paths.join(', ')}${more}, which git ignores: not part of the change${kept}.`;
}
