import { readFileSync } from 'node:fs';
import { type Hit, parseLine } from '../src/parse-line.ts';

export function lines(name: string): string[] {
  return JSON.parse(readFileSync(new URL('./fixtures/' + name + '.json', import.meta.url), 'utf8'));
}

export function hits(name: string): Hit[] {
  return lines(name).flatMap((line) => parseLine(line) ?? []);
}
