// Writes the selected files into a prompt, each between its own marks. Pure.
import { betweenMarks } from '../../../domain/agents/prompt-marks.ts';
import type { Selection } from './fit-files.ts';

export function fileParts(shown: Selection['shown'], cut: Selection['cut']): string[] {
  return Array.from(shown, ([path, content]) => {
    const part = cut.get(path);
    return betweenMarks('file', content, { path, ...(part === undefined ? {} : { shown: part }) });
  });
}
