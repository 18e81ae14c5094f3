// The faults of an agent's model, one at a time, and the failure kinds that a run with such a fault may have.

import { cutStream } from '../../src/app/certify/cut-stream.ts';
import { errorAnswer } from '../../src/app/certify/error-answer.ts';
import type { AgentFailureKind } from '../../src/domain/agents/agent-failure.ts';
import type { WireName } from '../../src/domain/agents/model-call.ts';
import type { Fault } from '../fault-server.ts';

/** The server behind the gateway. */
export type Upstream =
  | { kind: 'works' }
  | { kind: 'loops' }
  | { kind: 'fault'; fault: Fault }
  /** No server listens. */
  | { kind: 'nobody' };

export interface AgentFault {
  name: string;
  /** `model`: the one that the agent asks for, without its provider. */
  upstream(wire: WireName, model: string): Upstream;
  /** The accepted kinds, the best one first; empty if the run must succeed. */
  kinds: readonly AgentFailureKind[];
  /** Only Moose's limits end such a run: the watchdogs, or the gateway's brake. */
  isEndless?: true;
  /** The envelope is too small for one call: the gateway refuses before anything is sent. */
  isBroke?: true;
}

const replies = (status: number, text: string, headers: Record<string, string> = {}) => ({
  upstream: (wire: WireName): Upstream => ({
    kind: 'fault',
    fault: errorAnswer(wire, status, text, headers),
  }),
});
const answers = (fault: Fault) => ({ upstream: (): Upstream => ({ kind: 'fault', fault }) });

/** An unavailable provider also opens its circuit. */
const away: readonly AgentFailureKind[] = ['provider_down', 'overloaded', 'circuit_open'];
const broken: readonly AgentFailureKind[] = ['cut_stream', 'unreachable', 'timeout', 'malformed', ...away];

export const faults: readonly AgentFault[] = [
  { name: 'none', upstream: () => ({ kind: 'works' }), kinds: [] },
  {
    name: 'budget',
    ...replies(400, 'The limit is reached (budget_exceeded).'),
    kinds: ['budget_exceeded'],
    isBroke: true,
  },
  {
    name: 'context too long',
    ...replies(400, 'prompt is too long: 210000 tokens > 200000 maximum (context_length_exceeded)'),
    kinds: ['context_too_long', 'bad_request'],
  },
  { name: '400', ...replies(400, 'temperature: out of range'), kinds: ['bad_request'] },
  { name: '401', ...replies(401, 'The key was not accepted.'), kinds: ['authentication'] },
  { name: '402', ...replies(402, 'There is no money on the account.'), kinds: ['quota'] },
  { name: '403', ...replies(403, 'This key may not use the model.'), kinds: ['authentication'] },
  { name: '404', ...replies(404, 'There is no such model.'), kinds: ['model_not_found'] },
  { name: '413', ...replies(413, 'The request is too large.'), kinds: ['context_too_long', 'bad_request'] },
  { name: '429', ...replies(429, 'Slow down.'), kinds: ['rate_limited', 'circuit_open'] },
  {
    name: '429 with retry-after',
    ...replies(429, 'Slow down.', { 'retry-after': '1' }),
    kinds: ['rate_limited', 'circuit_open'],
  },
  { name: '500', ...replies(500, 'Something broke.'), kinds: away },
  { name: '503', ...replies(503, 'Not now.'), kinds: away },
  { name: '529', ...replies(529, 'Overloaded.'), kinds: away },
  { name: 'refused', upstream: () => ({ kind: 'nobody' }), kinds: ['unreachable', ...away] },
  { name: 'reset', ...answers({ kind: 'reset' }), kinds: broken },
  { name: 'hang', ...answers({ kind: 'hang' }), kinds: ['timeout', ...away], isEndless: true },
  {
    name: 'HTML',
    ...answers({
      kind: 'reply',
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!DOCTYPE html><html><body>Sign in</body></html>',
    }),
    kinds: ['malformed', ...broken],
  },
  {
    name: 'malformed',
    ...answers({ kind: 'reply', status: 200, body: '{"not": json' }),
    kinds: ['malformed', ...broken],
  },
  {
    name: 'cut stream',
    upstream: (wire, model) => ({ kind: 'fault', fault: cutStream(wire, model) }),
    kinds: broken,
  },
  {
    name: 'endless loop',
    upstream: () => ({ kind: 'loops' }),
    kinds: ['braked', 'repetition', 'turn_limit', 'budget_exceeded'],
    isEndless: true,
  },
];
