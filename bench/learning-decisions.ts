// How long a decision about an arm takes, with thirty arms and a million outcomes in the database.
import { timeDecisions } from './learning-decisions/time-decisions.ts';
import { type Bench, goalAtMost } from './measuring/bench.ts';
import { quantile, rounded } from './measuring/statistics.ts';

const outcomes = 1_000_000;
const quickOutcomes = 20_000;
const decisions = 1_000;
const quickDecisions = 300;
const decisionMsMax = 10;

export const bench: Bench = {
  about: 'how long a decision among thirty arms takes, with a million outcomes in the database',
  run: async ({ isQuick, signal, note }) => {
    const given = isQuick ? { outcomes: quickOutcomes, decisions: quickDecisions } : { outcomes, decisions };
    note(`Writing ${given.outcomes} outcomes.`);
    const { stateBytes, elapsedMs, computedMs, roundTripMs } = await timeDecisions({ ...given, signal });
    const of = (values: readonly number[]) => ({
      p50: rounded(quantile(values, 0.5)),
      p99: rounded(quantile(values, 0.99)),
    });
    const [elapsed, computed, roundTrip] = [of(elapsedMs), of(computedMs), of(roundTripMs)];
    return {
      figures: {
        ...given,
        state_bytes: stateBytes,
        elapsed_ms: elapsed,
        computed_ms: computed,
        round_trip_ms: roundTrip,
        // On a busy machine both take longer, so their ratio says more than either.
        elapsed_in_round_trips: {
          p50: rounded(elapsed.p50 / roundTrip.p50),
          p99: rounded(elapsed.p99 / roundTrip.p99),
        },
      },
      goals: {
        computed: goalAtMost('ms of computing for a decision, p99', computed.p99, decisionMsMax),
      },
    };
  },
};
