import type { Edit } from '../../src/domain/agents/proposal.ts';

// Applies edits to texts in memory. It shares no code with Moose's own applier, as a second opinion on what an edit
// means.

/** @throws Error if a replacement does not match exactly once, or a path does not exist */
export function applyEdits(files: ReadonlyMap<string, string>, edits: readonly Edit[]): Map<string, string> {
  const texts = new Map(files);
  for (const edit of edits) {
    const text = texts.get(edit.path);
    if (edit.kind === 'write') {
      texts.set(edit.path, edit.content);
      continue;
    }
    if (text === undefined) throw new Error(`${edit.path} is not there`);
    if (edit.kind === 'delete') {
      texts.delete(edit.path);
      continue;
    }
    const [before, after, ...more] = text.split(edit.search);
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`${edit.path}: the text to replace does not occur exactly once`);
    }
    texts.set(edit.path, before + edit.replace + after);
  }
  return texts;
}
