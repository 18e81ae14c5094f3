import { type Bench, goalAtMost } from './measuring/bench.ts';
import { median, rounded } from './measuring/statistics.ts';
import { ownCases } from './recovery/own-cases.ts';
import { peerCases } from './recovery/peer-cases.ts';
import { installPeers } from './recovery/peers.ts';
import { withSharedCase } from './recovery/shared-case.ts';
import { figuresOf, measureInTurns, ratioOf } from './recovery/turns.ts';

const bareRatioMax = 10;
const operationMsMax = 1;
const sharedUsMax = 10;
const nsOfMs = 1e6;
const nsOfUs = 1e3;
const bare = 'bare';
const own = 'own_retry_circuit';
const peer = 'cockatiel_retry_circuit';
const shared = 'own_shared_circuits_of_provider_and_model';
const everything = 'own_retry_circuit_timeout';

export const bench: Bench = {
  about: 'what the recovery layer costs a call that succeeds, beside a bare await and the libraries for it',
  run: async (options) => {
    const peers = await installPeers(options);
    const turns = await withSharedCase((circuits) =>
      measureInTurns({ ...ownCases(), [shared]: circuits, ...(peers ? peerCases(peers) : {}) }, options),
    );
    const how = peers ? '' : ' (not measured: the peers could not be installed)';
    return {
      figures: figuresOf(turns, bare),
      goals: {
        over_bare: goalAtMost(
          'retry(circuit), in bare awaits of the same run',
          ratioOf(turns, own, bare),
          bareRatioMax,
        ),
        under_cockatiel: goalAtMost(
          `retry(circuit), in cockatiel's wrap(retry, circuit) of the same run${how}`,
          ratioOf(turns, own, peer),
          1,
        ),
        shared: goalAtMost(
          'the circuits of a provider and of its model, shared by all machines, in microseconds for one call',
          rounded(median(turns.get(shared) ?? []) / nsOfUs),
          sharedUsMax,
        ),
        operation: goalAtMost(
          'all layers with their timers, in milliseconds for one operation',
          rounded(median(turns.get(everything) ?? []) / nsOfMs),
          operationMsMax,
        ),
      },
    };
  },
};
