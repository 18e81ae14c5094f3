// One call as an agent makes it: sent and read to its end, or abandoned halfway.
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Outcome } from './messages.ts';

export interface ModelCall {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** When the client hangs up; null if it stays. */
  hangsUpAfterMs: number | null;
}

export interface Called {
  outcome: Extract<
    Outcome,
    | 'answered'
    | 'hung_up'
    | 'over_budget'
    | 'unsent'
    | 'braked'
    | 'key_gone'
    | 'away'
    | 'provider_failed'
    | 'broken'
  >;
  /** The gateway's ID of the call; null if the call did not get that far. */
  callId: string | null;
}

const kept = new Agent({ keepAlive: true, keepAliveMsecs: 1_000 });
const answerMsMax = 90_000;

export function callModel({ url, headers, body, hangsUpAfterMs }: ModelCall): Promise<Called> {
  return new Promise((resolve) => {
    let callId: string | null = null;
    let status = 0;
    let refused = '';
    let hasHungUp = false;
    const over = (outcome: Called['outcome']) => {
      clearTimeout(timer);
      resolve({ outcome, callId });
    };
    const asked = request(url, { method: 'POST', agent: kept, headers });
    const timer = setTimeout(() => {
      hasHungUp = true;
      asked.destroy();
    }, hangsUpAfterMs ?? answerMsMax);
    asked.once('response', (answer: IncomingMessage) => {
      status = answer.statusCode ?? 0;
      callId = headerOf(answer, 'x-moose-call-id');
      refused = headerOf(answer, 'x-moose-refused') ?? '';
      answer.on('error', () => undefined);
      answer.resume();
      answer.once('close', () =>
        over(hasHungUp ? 'hung_up' : answer.complete ? outcomeOf(status, refused) : 'broken'),
      );
    });
    asked.on('error', () => {
      if (status === 0) over(hasHungUp ? 'hung_up' : 'broken');
    });
    asked.end(body);
  });
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}

function outcomeOf(status: number, refused: string): Called['outcome'] {
  if (status === 200) return 'answered';
  if (refused === 'budget_exceeded') return 'over_budget';
  if (refused === 'refused_feature' || refused === 'bad_request') return 'unsent';
  if (refused === 'braked') return 'braked';
  if (refused === 'authentication') return 'key_gone';
  return refused === '' || status === 502 ? 'provider_failed' : 'away';
}
