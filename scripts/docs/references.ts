// Everything that a document refers to exists: files, headings, npm scripts and commands of Moose.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchorOf } from './anchors.ts';
import { commandNames } from './commands-reference.ts';
import type { Document } from './documents.ts';

/** The contract mentions things that do not exist yet. */
const toCome = ['docs/spec.md'];

const link = /\]\((?!https?:|#)([^)#\s]+)(#[^)]*)?\)/g;
const linkToHeading = /\]\((?!https?:)([^)#\s]*#[^)]+)\)/g;
const heading = /^#+ (.+)$/gm;
const path =
  /(?<![\w./-])(?:src|test|scripts|docs|bench|chaos|web|observability|deploy|examples|\.ci)\/[\w./-]*[\w/](?![\w*<{])/g;
/** Names that the reader has to fill in. */
const placeholder = /\b(?:VERSION|NAME|NNNN)\b/;
/** Only at the beginning of a command: the output of a command may mention scripts of another project. */
const npmScript = /(?<=^|`|&& |\$ )npm run (?:-s |--silent )?([\w:-]+)/g;
const mooseCommand = /\bmoose -- ([a-z][\w-]*)/g;

/** Returns the broken references as sentences, each with its line. */
export function brokenReferences(rootPath: string, document: Document): string[] {
  const { path: documentPath, text } = document;
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
        .filter((to) => !placeholder.test(to) && !existsSync(join(rootPath, to)))
        .map((to) => `${at}: names ${to}, which is not there`),
      ...all(line, linkToHeading)
        .filter((to) => !hasHeading(rootPath, document, to))
        .map((to) => `${at}: links to ${to}, which is not a heading there`),
      ...all(line, npmScript)
        .filter((name) => !Object.hasOwn(scripts, name))
        .map((name) => `${at}: there is no npm script ${name}`),
      ...all(line, mooseCommand)
        .filter((name) => !commands.includes(name))
        .map((name) => `${at}: there is no command moose ${name}`),
    ];
  });
}

function hasHeading(rootPath: string, document: Document, to: string): boolean {
  const [file = '', anchor = ''] = to.split('#');
  const target = join(rootPath, dirname(document.path), file);
  if (!existsSync(target)) return true; // Reported as a missing file.
  const text = file === '' ? document.text : readFileSync(target, 'utf8');
  return all(text, heading).some((each) => anchorOf(each) === anchor);
}

function all(line: string, pattern: RegExp, group = 1): string[] {
  return [...line.matchAll(pattern)].map((match) => match[group] ?? '');
}
