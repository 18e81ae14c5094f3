import { readdirSync, readFileSync } from 'node:fs';

const directory = new URL('../../docs/decisions/', import.meta.url);

/** The pages of `docs/decisions`: the title of each, and the sentence below it. */
export function decisionsIndex(): string {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map((name) => indexLine(name, readFileSync(new URL(name, directory), 'utf8')))
    .join('\n');
}

/** @throws Error if the page has no title with a sentence below it */
export function indexLine(name: string, text: string): string {
  const [, title, below = ''] = /^# (.+)\n\n((?:.+\n)+)/.exec(text) ?? [];
  const [sentence] = /^.+?\.(?=\s|$)/.exec(below.replaceAll('\n', ' ')) ?? [];
  if (title === undefined || sentence === undefined)
    throw new Error(
      `docs/decisions/${name} does not begin with a title and a sentence that says what it is about`,
    );
  return `- [${title}](${name}): ${sentence}`;
}
