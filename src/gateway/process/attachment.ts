// A connection that keeps a gateway running for as long as somebody needs it: the kernel closes it when either side
// dies. A gateway that hangs keeps it open, so it is also asked whether it answers.
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { rest } from '../../stdx/async/wake-loop.ts';
import { secretHeader, type WrittenAddress } from './address-file.ts';

export interface Attachment {
  /** Resolves when the gateway is gone. */
  lost: Promise<void>;
  isLost(): boolean;
  /** Tells the gateway that nobody here needs it any more; true if the gateway ends because of that. */
  leave(): Promise<boolean>;
  detach(): void;
  /** Resolves with true once the gateway no longer answers, and with false once it is gone. */
  silent(limits: SilenceLimits): Promise<boolean>;
}

export interface SilenceLimits {
  askEveryMs: number;
  /** A gateway that leaves this many questions in a row unanswered hangs. */
  unansweredMax: number;
}

const answerMsMax = 3_000;

/** Null if nobody answers, or if another program does. */
export async function attachTo(address: WrittenAddress): Promise<Attachment | null> {
  const call = ask(address, 'GET', '/attach');
  const response = await call.answer;
  if (response === null || response.headers['x-moose-gateway'] !== address.id) {
    call.request.destroy();
    return null;
  }
  let isLost = false;
  let heardAtMs = Number.NEGATIVE_INFINITY;
  const lost = new Promise<void>((resolve) => {
    response.once('close', () => {
      isLost = true;
      resolve();
    });
  });
  response.on('error', () => undefined);
  response.on('data', () => {
    heardAtMs = performance.now();
  });
  return {
    lost,
    isLost: () => isLost,
    leave: async () => {
      const left = await ask(address, 'POST', '/leave').answer;
      left?.resume();
      return left?.headers['x-moose-ends'] === 'yes';
    },
    detach: () => call.request.destroy(),
    silent: async (limits) => {
      const over = new AbortController();
      void lost.then(() => over.abort());
      const hasPulse = () => performance.now() - heardAtMs < limits.askEveryMs;
      while (!isLost) if (await hasGoneSilent(address, limits, over.signal, hasPulse)) return !isLost;
      return false;
    },
  };
}

/**
 * True if it leaves all questions in a row unanswered; false at its first answer, or once the signal is aborted. A
 * single unanswered question means little: this process itself may have been frozen. A gateway of which something has been
 * heard is not asked.
 */
export async function hasGoneSilent(
  address: WrittenAddress,
  { askEveryMs, unansweredMax }: SilenceLimits,
  signal: AbortSignal,
  hasPulse = () => false,
): Promise<boolean> {
  for (let unanswered = 0; unanswered < unansweredMax; unanswered += 1) {
    await rest(askEveryMs, signal);
    if (signal.aborted || hasPulse() || !(await isSilent(address))) return false;
  }
  return !signal.aborted;
}

/** True if it accepts the question and does not answer. A refused or broken connection is an answer. */
async function isSilent(address: WrittenAddress): Promise<boolean> {
  const asked = ask(address, 'GET', '/healthz');
  let isBroken = false;
  asked.request.once('close', () => {
    isBroken = true;
  });
  const response = await asked.answer;
  asked.request.destroy();
  return response === null && !isBroken;
}

function ask(
  { port, secret }: WrittenAddress,
  method: string,
  path: string,
): { request: ClientRequest; answer: Promise<IncomingMessage | null> } {
  const headers = secret === undefined ? {} : { [secretHeader]: secret };
  const asked = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  const answer = new Promise<IncomingMessage | null>((resolve) => {
    asked.once('response', resolve);
    asked.on('error', () => resolve(null));
    // A connection may end without an error or an answer.
    asked.once('close', () => resolve(null));
    asked.setTimeout(answerMsMax, () => {
      resolve(null);
    });
  });
  void answer.then(() => asked.setTimeout(0));
  asked.end();
  return { request: asked, answer };
}
