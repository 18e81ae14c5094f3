// Classifies the end of a process without its output: deadlines, signals, and exit codes with a fixed meaning.
import type { FailureCase, Verdict } from '../failure-case.ts';
import { precedence } from '../match/rule.ts';
import { missing, timedOut, unexplained } from '../verdicts.ts';

export interface EndRule {
  id: string;
  is: Verdict;
  precedence: number;
  confidence: number;
  holds(failure: FailureCase): boolean;
}

const signalCodeBase = 128;
/** For the signal names of `timeout -s KILL` and `timeout -k`, and for shells that pass a signal on. */
const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGSYS: 31,
};

function diedOf(failure: FailureCase, ...names: string[]): boolean {
  return names.some(
    (name) =>
      failure.signal === name || failure.exitCode === signalCodeBase + (signalNumbers[name] ?? Number.NaN),
  );
}

const runsTimeout = (failure: FailureCase) => /(?:^|[\s;&|(/])g?timeout\s/.test(failure.command ?? '');

/** The lowest precedence: any match in the output is more specific. */
const bare = 10;

export const endRules: readonly EndRule[] = [
  {
    id: 'process.timeout-command',
    is: timedOut,
    precedence: precedence.deadline - 10,
    confidence: 0.97,
    holds: (failure) => failure.exitCode === 124 && runsTimeout(failure),
  },
  {
    id: 'process.exit-124',
    is: timedOut,
    precedence: bare + 40,
    confidence: 0.7,
    holds: (failure) => failure.exitCode === 124,
  },
  {
    id: 'process.timeout-command-killed',
    is: timedOut,
    precedence: bare + 30,
    confidence: 0.75,
    holds: (failure) => runsTimeout(failure) && diedOf(failure, 'SIGKILL', 'SIGTERM'),
  },
  {
    id: 'process.alarm',
    is: timedOut,
    precedence: bare + 20,
    confidence: 0.8,
    holds: (failure) => diedOf(failure, 'SIGALRM', 'SIGXCPU'),
  },
  {
    id: 'process.not-found',
    is: missing,
    precedence: bare + 30,
    confidence: 0.85,
    holds: (failure) => failure.exitCode === 127,
  },
  {
    id: 'process.ended-from-outside',
    is: unexplained.passing,
    precedence: bare + 10,
    confidence: 0.6,
    holds: (failure) => diedOf(failure, 'SIGKILL', 'SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'),
  },
  {
    id: 'process.crashed',
    is: unexplained.crash,
    precedence: bare + 10,
    confidence: 0.6,
    holds: (failure) =>
      diedOf(
        failure,
        'SIGSEGV',
        'SIGABRT',
        'SIGBUS',
        'SIGILL',
        'SIGFPE',
        'SIGTRAP',
        'SIGPIPE',
        'SIGSYS',
        'SIGXFSZ',
      ),
  },
];
