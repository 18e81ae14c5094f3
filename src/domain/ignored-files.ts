/** Files that an agent made and that git ignores: they are not part of the change. */
export interface IgnoredFiles {
  /** Files and folders; the first ones, if there are many. */
  paths: string[];
  count: number;
  /** The ref that contains them; null if they are too large to be kept. */
  keptUnder: string | null;
}

/** One sentence for people and agents; empty if there are none. */
export function ignoredSentence(ignored: IgnoredFiles | undefined): string {
  if (ignored === undefined) return '';
  const { paths, count, keptUnder } = ignored;
  const more = count > paths.length ? ` and ${count - paths.length} more` : '';
  const kept = keptUnder === null ? '' : `, but kept under ${keptUnder}`;
  return `The agent made ${paths.join(', ')}${more}, which git ignores: not part of the change${kept}.`;
}
