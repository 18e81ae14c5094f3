// What a document refers to is there: the files that it names or links to, the npm scripts and the commands that it
// tells the reader to type.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandNames } from './commands-reference.ts';
import type { Document } from './documents.ts';

/** The contract tells of what is to come. */
const toCome = ['docs/spec.md'];

const link = /\]\((?!https?:|#)([^)#\s]+)(#[^)]*)?\)/g;
const path = /(?<![\w./-])(?:src|test|scripts|docs|bench|chaos|web)\/[\w./-]+\.(?:ts|sql|sh|md)\b/g;
/** Where a command begins: output of one may tell of scripts of another project. */
const npmScript = /(?<=^|`|&& |\$ )npm run (?:-s |--silent )?([\w:-]+)/g;
const mooseCommand = /\bmoose -- ([a-z][\w-]*)/g;

/** Whole sentences, each with its line. */
export function brokenReferences(rootPath: string, { path: documentPath, text }: Document): string[] {
  if (toCome.includes(documentPath)) return [];
  const { scripts } = JSON.parse(readFileSync(join(rootPath, 'package.json'), 'utf8')) as { scripts: object };
  const commands = commandNames();
  const folder = dirname(documentPath);
  return text.split('\n').flatMap((line, index) => {
    const at = `line ${index + 1}`;
    return [
      ...all(line, link)
        .filter((to) => !existsSync(join(rootPath, folder, to)))
        .map((to) => `${at}: links to ${to}, which is not there`),
      ...all(line, path, 0)
        .filter((to) => !existsSync(join(rootPath, to)))
        .map((to) => `${at}: names ${to}, which is not there`),
      ...all(line, npmScript)
        .filter((name) => !Object.hasOwn(scripts, name))
        .map((name) => `${at}: there is no npm script ${name}`),
      ...all(line, mooseCommand)
        .filter((name) => !commands.includes(name))
        .map((name) => `${at}: there is no command moose ${name}`),
    ];
  });
}

function all(line: string, pattern: RegExp, group = 1): string[] {
  return [...line.matchAll(pattern)].map((match) => match[group] ?? '');
}
