// Writes the shown files of a repository into a prompt, each between marks of its own. Pure.
import { betweenMarks } from '../../domain/prompt-marks.ts';
import type { Selection } from './fit-files.ts';

export function fileParts(shown: Selection['shown'], cut: Selection['cut']): string[] {
  return Array.from(shown, ([path, content]) => {
    const part = cut.get(path);
    return betweenMarks('file', content, { path, ...(part === undefined ? {} : { shown: part }) });
  });
}
