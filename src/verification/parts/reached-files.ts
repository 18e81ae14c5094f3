// What a check's command reaches: files that are named in it, in the scripts and targets that it runs, and in the settings
// that these name (R-GREEN-2). Pure.
import { expandedCommand } from '../expand-command.ts';
import { languageOf } from '../syntax/languages.ts';
import { folderOf } from './sources.ts';

const filesMax = 60;
const depthMax = 4;
const textCharsMax = 200_000;
const words = /[\w@./-]{2,200}/g;

/**
 * Files that a check's command reaches: named in it, in the script or target that it runs, or in a file that these reach.
 *
 * @param read the text of a file of the base; null if it does not exist
 */
export function reachedFiles(command: string, read: (path: string) => string | null): Set<string> {
  const reached = new Set<string>();
  const follow = (text: string, folder: string, depth: number) => {
    if (depth === 0) return;
    for (const [word] of text.slice(0, textCharsMax).matchAll(words)) {
      if (reached.size >= filesMax) return;
      const path = [joined(folder, word), joined('', word)].find(
        (each) => each !== null && !reached.has(each) && isFollowed(each) && read(each) !== null,
      );
      if (!path) continue;
      reached.add(path);
      const isSource = languageOf(path) !== null && !/\.(?:sh|bash)$/.test(path);
      if (!isSource) follow(read(path) ?? '', folderOf(path), depth - 1);
    }
  };
  for (const text of expandedCommand(command, read)) follow(text, '', depthMax);
  return reached;
}

/** A source is followed no further: what it names, it may name as data. */
const isFollowed = (path: string) =>
  !/(?:^|\/)node_modules\//.test(path) && !/(?:^|\/)[\w-]*lock[\w.-]*$/.test(path);

/** The path from the root; null if it leads out of the project. */
function joined(folder: string, word: string): string | null {
  if (word.startsWith('/') || word.startsWith('@')) return null;
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of word.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}
