// The thread that compares two texts of a contract. It ends after its answer, or its caller ends it.
import { parentPort } from 'node:worker_threads';
import { compareContract } from './compare-contract.ts';
import type { ComparedKind, Comparison, Pair } from './comparison.ts';

export interface CompareTask {
  kind: ComparedKind;
  pair: Pair;
}

export type CompareReply = Comparison;

parentPort?.on('message', ({ kind, pair }: CompareTask) => {
  void compareContract(kind, pair).then((reply: CompareReply) => {
    parentPort?.postMessage(reply);
    parentPort?.close();
  });
});
