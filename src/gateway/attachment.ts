// A connection that keeps a gateway running for as long as somebody needs it: the kernel closes it when either side
// dies.
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { secretHeader, type WrittenAddress } from './address-file.ts';

export interface Attachment {
  /** Resolves when the gateway is gone. */
  lost: Promise<void>;
  isLost(): boolean;
  /** Tells the gateway that nobody here needs it any more; true if the gateway ends because of that. */
  leave(): Promise<boolean>;
  detach(): void;
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
  const lost = new Promise<void>((resolve) => {
    response.once('close', () => {
      isLost = true;
      resolve();
    });
  });
  response.on('error', () => undefined);
  response.resume();
  return {
    lost,
    isLost: () => isLost,
    leave: async () => {
      const left = await ask(address, 'POST', '/leave').answer;
      left?.resume();
      return left?.headers['x-moose-ends'] === 'yes';
    },
    detach: () => call.request.destroy(),
  };
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
    asked.setTimeout(answerMsMax, () => {
      resolve(null);
    });
  });
  void answer.then(() => asked.setTimeout(0));
  asked.end();
  return { request: asked, answer };
}
