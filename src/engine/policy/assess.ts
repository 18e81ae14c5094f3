import type { ModelTier } from '../../domain/agents/model-tier.ts';
import { counted } from '../../domain/text/counted.ts';
import { assessedCharsMax, countWords, namedFiles, occurrences, plainWords } from './assess-text.ts';
import type { AssessmentPolicy } from './assessment-policy.ts';

// Routing by a static policy (R-PIPE-3): how difficult a work order is, and what it may cost. Pure and deterministic;
// the reasons are shown to people.

export interface AssessInput {
  title: string;
  description: string;
  /** One criterion per line. */
  acceptance: string;
  files: { pathCount: number };
  /** Failed attempts at this work order that were the fault of the task or the model. */
  history?: { failures: number };
  /** The difficulty that its plan gives it; if present, the text and the repository are not measured. */
  planned?: number | undefined;
  policy: AssessmentPolicy;
}

export interface Assessment {
  /** In [0, 1], to three decimals. */
  complexity: number;
  /** The policy's words that occur in the text, in the policy's order. */
  hardStopWords: string[];
  tier: ModelTier;
  estimateNanoUsd: bigint;
  reasons: string[];
}

/** The input of each row of the contributions table. */
interface Facts {
  text: string;
  /** The text, as converted by `plainWords`. */
  words: string;
  acceptanceCount: number;
  pathCount: number;
  failures: number;
}

interface Contribution {
  /** The most that this row can add. */
  weight: number;
  /** How much of the weight applies, in [0, 1], and why; a share of 0 is not shown. */
  measure(facts: Facts): { share: number; reason: string };
}

/** Verbs of work that affects many places by its nature. */
const breadthVerbs = [
  ...[
    'refactor*',
    'migrat*',
    'rewrit*',
    'redesign*',
    'restructur*',
    'rearchitect*',
    're architect*',
    'overhaul*',
  ],
  ...['moderniz*', 'modernis*', 'decoupl*', 'consolidat*', 'reorganiz*', 'reorganis*', 'port to', 'split up'],
];

const crossCuttingWords = [
  ...['everywhere', 'throughout', 'across', 'codebase', 'entire', 'whole', 'architecture', 'end to end'],
  ...['concurrency', 'concurrent', 'race condition', 'distributed', 'transaction', 'schema', 'protocol'],
  ...['backward compatib*', 'backwards compatib*', 'breaking change', 'public api', 'performance'],
];

/** The weights add up to more than 1, so that a work order can reach 1 without being extreme in every respect. */
const contributions: readonly Contribution[] = [
  {
    weight: 0.2,
    measure: ({ text }) => {
      const count = countWords(text);
      return { share: (count - 30) / 370, reason: `the text has ${counted(count, 'word')}` };
    },
  },
  {
    weight: 0.25,
    measure: ({ text }) => {
      const count = namedFiles(text).length;
      return { share: (count - 1) / 7, reason: `it names ${counted(count, 'file')}` };
    },
  },
  {
    weight: 0.35,
    measure: ({ words }) => {
      const found = occurrences(breadthVerbs, words);
      return { share: found.length * 0.75, reason: `broad work: ${listed(found)}` };
    },
  },
  {
    weight: 0.2,
    measure: ({ acceptanceCount }) => ({
      share: (acceptanceCount - 1) / 7,
      reason: `it has ${acceptanceCount} acceptance criteria`,
    }),
  },
  {
    weight: 0.2,
    measure: ({ words }) => {
      const found = occurrences(crossCuttingWords, words);
      return { share: found.length / 3, reason: `it cuts across the code: ${listed(found)}` };
    },
  },
  {
    weight: 0.15,
    measure: ({ pathCount }) => ({
      // Starts at 100 files and reaches its maximum at 10,000; each factor of ten adds the same amount.
      share: Math.log10(Math.max(pathCount, 1) / 100) / 2,
      reason: `the repository has ${counted(pathCount, 'file')}`,
    }),
  },
];

const failedBefore: Contribution = {
  weight: 0.45,
  measure: ({ failures }) => ({
    share: failures / 3,
    reason: `${failures} earlier ${failures === 1 ? 'attempt' : 'attempts'} failed`,
  }),
};

const plannedAs = (planned: number): Contribution => ({
  weight: 1,
  measure: () => ({ share: planned, reason: 'its plan says so' }),
});

export function assess(input: AssessInput): Assessment {
  const { policy } = input;
  const text = [input.title, input.description, input.acceptance].join('\n').slice(0, assessedCharsMax);
  const words = plainWords(text);
  const measured = input.planned === undefined ? contributions : [plannedAs(input.planned)];
  const rows = measureAll([...measured, failedBefore], {
    text,
    words,
    acceptanceCount: input.acceptance.split('\n').filter((line) => line.trim() !== '').length,
    pathCount: input.files.pathCount,
    failures: input.history?.failures ?? 0,
  });
  const complexity = toThousandths(Math.min(1, total(rows)));
  const hardStops = findHardStops(policy, words);
  const isHardStop = hardStops.length > 0;
  const rule =
    policy.tiers.find((each) => (each.onHardStop && isHardStop) || complexity >= each.complexityMin) ??
    policy.tiers[0];
  return {
    complexity,
    hardStopWords: hardStops.map(({ word }) => word),
    tier: rule.tier,
    estimateNanoUsd: rule.estimateNanoUsd,
    reasons: [
      ...hardStops.map(({ word, found }) => `hard stop '${word}': ${listed(found)}`),
      ...rows.map(({ points, reason }) => `${reason} (+${points.toFixed(2)})`),
      `complexity ${complexity.toFixed(2)}${isHardStop ? ' and a hard stop' : ''}: ${rule.tier} model`,
    ],
  };
}

function measureAll(measured: readonly Contribution[], facts: Facts): { points: number; reason: string }[] {
  return measured
    .map(({ weight, measure }) => {
      const { share, reason } = measure(facts);
      return { points: toThousandths(weight * clampShare(share)), reason };
    })
    .filter(({ points }) => points > 0);
}

function findHardStops(policy: AssessmentPolicy, words: string): { word: string; found: string[] }[] {
  return Object.entries(policy.hardStopWords)
    .map(([word, forms]) => ({ word, found: occurrences([word, ...forms], words) }))
    .filter(({ found }) => found.length > 0);
}

function total(rows: readonly { points: number }[]): number {
  return rows.reduce((sum, { points }) => sum + points, 0);
}

/** NaN adds nothing. */
function clampShare(share: number): number {
  return Number.isNaN(share) ? 0 : Math.min(1, Math.max(0, share));
}

function toThousandths(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** More examples than this do not help. */
const listedMax = 5;

function listed(words: readonly string[]): string {
  return words.slice(0, listedMax).join(', ') + (words.length > listedMax ? ', …' : '');
}
