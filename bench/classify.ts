import { classifyFailure } from '../src/classifier/classify-failure.ts';
import { agreementOf, failureOf, readCases } from '../test/failure-cases.ts';
import { longLog } from './classify/long-log.ts';
import { type Bench, type Figures, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';

/** Shares that may be wrong: 95 % of classes and of `retryable` must be right, and 90 % of the fields. */
const wrongMax = { class: 0.05, retryable: 0.05, fields: 0.1 } as const;
const longLogMsMax = 100;
const typicalMsMax = 1;
const logBytes = 5 * 1024 * 1024;

export const bench: Bench = {
  about: 'how many failures are named as people label them, and how long it takes',
  run: async ({ isQuick }) => {
    const cases = readCases('dev');
    const warmUps = isQuick ? 2 : 10;
    for (let round = 0; round < warmUps; round += 1)
      for (const each of cases) classifyFailure(failureOf(each));
    const judged = cases.map((each) => {
      const startedAt = performance.now();
      const answer = classifyFailure(failureOf(each));
      return { label: each.label, ms: performance.now() - startedAt, ...agreementOf(each, answer) };
    });
    const fields = judged.flatMap((each) => each.fields);
    const times = judged.map(({ ms }) => ms).sort((one, other) => one - other);
    const typicalMs = times[Math.floor(times.length / 2)] ?? 0;
    const logTimes = longLogTimes(isQuick ? 3 : 9);
    // The median, because other load on the machine affects the slowest time most.
    const logMs = logTimes[Math.floor(logTimes.length / 2)] ?? 0;
    const wrong = {
      class: shareOf(judged, ({ isClass }) => !isClass),
      retryable: shareOf(judged, ({ isRetryable }) => !isRetryable),
      fields: shareOf(fields, ({ isRight }) => !isRight),
    };
    return {
      figures: {
        cases: cases.length,
        right: { class: 1 - wrong.class, retryable: 1 - wrong.retryable, fields: 1 - wrong.fields },
        right_per_class: perClass(judged),
        ms: {
          typical: rounded(typicalMs),
          p95: rounded(times[Math.floor(times.length * 0.95)] ?? 0),
          log_of_5_mb: rounded(logMs),
          log_of_5_mb_slowest: rounded(logTimes.at(-1) ?? 0),
        },
      },
      goals: {
        class: goalAtMost('share of cases of another class', rounded(wrong.class), wrongMax.class),
        retryable: goalAtMost(
          'share of cases whose `retryable` is wrong',
          rounded(wrong.retryable),
          wrongMax.retryable,
        ),
        fields: goalAtMost('share of fields that were read wrong', rounded(wrong.fields), wrongMax.fields),
        typical: goalAtMost('milliseconds for a typical output', rounded(typicalMs), typicalMsMax),
        long_log: goalAtMost('milliseconds for a log of 5 MB', rounded(logMs), longLogMsMax),
      },
    };
  },
};

function shareOf<T>(all: readonly T[], holds: (each: T) => boolean): number {
  return all.filter(holds).length / Math.max(1, all.length);
}

function perClass(judged: readonly { label: string; isClass: boolean }[]): Figures {
  const labels = [...new Set(judged.map(({ label }) => label))].sort();
  return Object.fromEntries(
    labels.map((label) => [
      label,
      shareOf(
        judged.filter((each) => each.label === label),
        ({ isClass }) => isClass,
      ),
    ]),
  );
}

/** The times, sorted. */
function longLogTimes(rounds: number): number[] {
  const stdout = longLog(logBytes);
  const times = Array.from({ length: rounds }, () => {
    const startedAt = performance.now();
    classifyFailure({ stdout, exitCode: 1, command: 'npm run build', component: 'verifier' });
    return performance.now() - startedAt;
  });
  return times.sort((one, other) => one - other);
}
