// Starts the scripted model that takes its time.
import { fileURLToPath } from 'node:url';
import { startChild } from '../pipeline/child.ts';

export type ModelMessage = { baseUrl: string } | { calls: [string, number][] };

export interface SlowModel {
  baseUrl: string;
  /** The calls for each title so far. */
  callsByTitle(): Promise<Map<string, number>>;
  stop(): Promise<void>;
}

export async function startModel(modelMs: number, signal: AbortSignal): Promise<SlowModel> {
  const program = fileURLToPath(import.meta.resolve('./model-program.ts'));
  const child = startChild<ModelMessage>(program, [String(modelMs)]);
  const hello = await child.next(signal);
  if (!('baseUrl' in hello)) throw new Error('The scripted model did not say where it is');
  return {
    baseUrl: hello.baseUrl,
    callsByTitle: async () => {
      const answer = child.next(signal);
      child.send({});
      const message = await answer;
      return new Map('calls' in message ? message.calls : []);
    },
    stop: () => child.stop(),
  };
}
