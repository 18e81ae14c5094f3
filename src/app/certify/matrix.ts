// The fault matrix: what is done to an agent or to its model, and what Moose must call it.
import type { WireName } from '../../domain/agents/model-call.ts';
import { cutStream } from './cut-stream.ts';
import { errorAnswer } from './error-answer.ts';
import type { HttpFault } from './http-fault.ts';

/** What is done while the agent waits for the answer to a call. */
export type Strike = 'kill' | 'freeze' | 'cancel' | 'message';

export interface MatrixRow {
  name: string;
  /** For a person: what is provoked. */
  provoked: string;
  /** `edits`: it adds a file. `looks`: it finds nothing to do. `loops`: it runs the same command without end. */
  model: 'edits' | 'looks' | 'loops' | ((wire: WireName, model: string) => HttpFault);
  /** The call at which it is done, from 0; the model works normally before. */
  strike?: { what: Strike; atTurn: number };
  /** `completed`: the work must be completed. `failure`: the first failure is what is measured. `cancelled`: by the strike. */
  until: 'completed' | 'failure' | 'cancelled';
  /** The failures that Moose may call it; empty if there must be none. */
  codes: readonly string[];
  /** More calls than this are repetitions that cannot help. */
  callsMax?: number;
  /** How long the agent may be silent, or call no model; by default longer than it waits between its own attempts. */
  silenceMs?: number;
  /** The limit of the work order; by default ample. */
  limitUsd?: number;
  /** How many tokens each answer is billed for. */
  outputTokens?: number;
}

const replies =
  (status: number, text: string, headers: Record<string, string> = {}) =>
  (wire: WireName): HttpFault =>
    errorAnswer(wire, status, text, headers);

const failing = { until: 'failure' } as const;
const down = ['AGENT_PROVIDER_DOWN', 'AGENT_UNSERVED'];
/** Where it can only end by the limit. */
const briefSilenceMs = 20_000;
/** A call that was refused for its key or its content is refused again. */
const futile = { ...failing, callsMax: 3 };

export const matrix: readonly MatrixRow[] = [
  { name: 'works', provoked: 'nothing: its model works', model: 'edits', until: 'completed', codes: [] },
  {
    name: 'nothing',
    provoked: 'its model finds nothing to do',
    model: 'looks',
    ...failing,
    codes: ['AGENT_ANSWERED', 'AGENT_CHANGED_NOTHING'],
  },
  {
    name: '401',
    provoked: 'the provider refuses the key (401)',
    model: replies(401, 'The key was not accepted.'),
    ...futile,
    codes: ['AGENT_AUTHENTICATION'],
  },
  {
    name: '402',
    provoked: 'the account has no credit (402)',
    model: replies(402, 'There is no money on the account (insufficient credit).'),
    ...futile,
    codes: ['AGENT_QUOTA'],
  },
  {
    name: '429',
    provoked: 'the provider limits the rate (429, retry after 1 s)',
    model: replies(429, 'Slow down.', { 'retry-after': '1' }),
    ...failing,
    codes: ['AGENT_RATE_LIMITED', 'AGENT_UNSERVED'],
  },
  {
    name: '500',
    provoked: 'the provider is broken (500)',
    model: replies(500, 'Something broke.'),
    ...failing,
    codes: down,
  },
  {
    name: '529',
    provoked: 'the provider is overloaded (529)',
    model: replies(529, 'Overloaded.'),
    ...failing,
    codes: down,
  },
  {
    name: 'context',
    provoked: 'the prompt is too long for the model',
    model: replies(400, 'prompt is too long: 210000 tokens > 200000 maximum (context_length_exceeded)'),
    ...futile,
    codes: ['AGENT_CONTEXT_TOO_LONG', 'AGENT_BAD_REQUEST'],
  },
  { name: 'cut', provoked: 'each answer is cut in the middle', model: cutStream, ...failing, codes: down },
  {
    name: 'hang',
    provoked: 'the provider never answers',
    model: () => ({ kind: 'hang' }),
    ...failing,
    codes: [...down, 'AGENT_SILENT'],
    silenceMs: briefSilenceMs,
  },
  {
    name: 'silence',
    provoked: 'the agent is frozen (SIGSTOP): it neither calls nor prints',
    model: 'edits',
    strike: { what: 'freeze', atTurn: 0 },
    ...failing,
    silenceMs: briefSilenceMs,
    codes: ['AGENT_SILENT'],
  },
  {
    name: 'crash',
    provoked: 'the agent is killed (SIGKILL)',
    model: 'edits',
    strike: { what: 'kill', atTurn: 0 },
    ...failing,
    codes: ['AGENT_CRASHED'],
  },
  {
    name: 'resume',
    provoked: 'the agent is killed in the middle, and started again',
    model: 'edits',
    strike: { what: 'kill', atTurn: 1 },
    until: 'completed',
    codes: ['AGENT_CRASHED'],
  },
  {
    name: 'stop',
    provoked: 'the work is cancelled: the agent is told to end (SIGTERM)',
    model: 'edits',
    strike: { what: 'cancel', atTurn: 0 },
    until: 'cancelled',
    codes: [],
  },
  {
    name: 'message',
    provoked: 'a person sends a message to be read at once',
    model: 'edits',
    strike: { what: 'message', atTurn: 1 },
    until: 'completed',
    codes: [],
  },
  {
    name: 'budget',
    provoked: 'the money of the work order runs out',
    model: 'loops',
    ...failing,
    limitUsd: 0.5,
    outputTokens: 20_000,
    codes: ['AGENT_BUDGET', 'BUDGET_EXCEEDED'],
  },
  {
    name: 'network',
    provoked: 'nothing: what it tries to reach beside the gateway is counted',
    model: 'edits',
    until: 'completed',
    codes: [],
  },
];
