import { readFileSync } from 'node:fs';
import { parseFeed } from './parse.js';
import { newestFirst } from './sort.js';

export function main(argv: string[], write: (line: string) => void): number {
  const file = argv[0];
  if (file === undefined) {
    write('usage: feedreader FILE');
    return 2;
  }
  for (const item of newestFirst(parseFeed(file, readFileSync(file, 'utf8')).items)) {
    write(`${item.published.toISOString().slice(0, 10)}  ${item.title}`);
  }
  return 0;
}
