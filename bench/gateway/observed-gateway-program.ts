// Moose's gateway, observed from inside: when a call arrived, was sent, was answered and was passed on, and its draw. It
// serves one client that makes one call at a time, and at its end writes what it observed to the given file.
import { subscribe } from 'node:diagnostics_channel';
import { renameSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { instantMs } from '../measuring/intervals.ts';
import { observeStatements } from '../pipeline/observe-statements.ts';

export interface ObservedCall {
  cameMs: number;
  /** How long it waited for the commit of its draw; 0 if it is in a lease. */
  drawMs: number;
  sentMs: number;
  answeredMs: number;
  overMs: number;
}

const [path = ''] = process.argv.slice(2);
const statements = observeStatements();
const calls: Partial<ObservedCall>[] = [];
let current: Partial<ObservedCall> | null = null;

subscribe('http.server.request.start', (message) => {
  const { request } = message as { request: IncomingMessage };
  if (!request.url?.startsWith('/s/')) return;
  current = { cameMs: instantMs() };
  statements.seen.length = 0;
});
subscribe('http.client.request.start', () => {
  if (current) current.sentMs = instantMs();
});
subscribe('http.client.response.finish', () => {
  if (!current) return;
  current.answeredMs = instantMs();
  const draw = statements.seen.find(({ text }) => text.includes('draw_call'));
  current.drawMs = draw ? (draw.endMs ?? draw.startMs) - draw.startMs : 0;
});
subscribe('http.server.response.finish', (message) => {
  const { request } = message as { request: IncomingMessage };
  if (!current || !request.url?.startsWith('/s/')) return;
  calls.push({ ...current, overMs: instantMs() });
  current = null;
});
process.on('exit', () => {
  // The file is written completely or not at all.
  writeFileSync(`${path}.draft`, JSON.stringify(calls));
  renameSync(`${path}.draft`, path);
});

await import('../../src/app/gateway-program.ts');
