// Shared by the tests of the wires: requests as real agents sent them, and answers cut at any byte.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { AnswerFilter, FoldEnd, ReadCall, Refusal, UsageFold, Wire, WireRequest } from './wire.ts';

const folder = new URL('../../../test/fixtures/gateway/', import.meta.url);

/** Texts in these requests are shortened, also in tool schemas; everything else is as it was sent. */
export function recorded(name: string): WireRequest {
  const { body, ...request } = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
  return { ...request, body: Buffer.from(JSON.stringify(body)) };
}

export function requestOf(path: string, body: unknown, headers: WireRequest['headers'] = {}): WireRequest {
  return { method: 'POST', path, search: '', headers, body: Buffer.from(JSON.stringify(body)) };
}

export function callOf(wire: Wire, request: WireRequest): ReadCall {
  const read = wire.read(request);
  if ('refusal' in read) throw new Error(`refused: ${read.refusal.message}`);
  return read;
}

export function refusalOf(wire: Wire, request: WireRequest): Refusal {
  const read = wire.read(request);
  if ('refusal' in read) return read.refusal;
  throw new Error('read, not refused');
}

export function sentBy(wire: Wire, request: WireRequest, limit: number): Record<string, unknown> {
  return JSON.parse(callOf(wire, request).render(limit).toString());
}

/** As a stream of events; a plain string such as `[DONE]` is sent as it is. */
export function events(data: readonly unknown[], end = '\n'): Buffer {
  const frames = data.map((each) => {
    const type = typeof each === 'object' && each !== null && 'type' in each ? each.type : null;
    const name = typeof type === 'string' ? `event: ${type}${end}` : '';
    return `${name}data: ${typeof each === 'string' ? each : JSON.stringify(each)}${end}${end}`;
  });
  return Buffer.from(frames.join(''));
}

export function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((one, other) => one - other);
  return [...places, bytes.length].map((place, index) => bytes.subarray(places[index - 1] ?? 0, place));
}

export const anyCuts = fc.array(fc.nat(100_000), { maxLength: 40 });

export function folded(fold: UsageFold, chunks: readonly Buffer[]): FoldEnd {
  for (const chunk of chunks) fold.push(chunk);
  return fold.end();
}

export function filtered(filter: AnswerFilter, chunks: readonly Buffer[]): string {
  return Buffer.concat([...chunks.map((chunk) => filter.push(chunk)), filter.end()]).toString();
}
