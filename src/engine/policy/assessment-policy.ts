// The static routing policy (R-PIPE-3), as data: the part that a person can change in the settings.

import type { ModelTier } from '../../domain/agents/model-tier.ts';

/** One row of the policy table; the first row that applies decides. */
export interface TierRule {
  /** Applies to a hard stop, regardless of the complexity. */
  onHardStop: boolean;
  /** Applies from this complexity on. */
  complexityMin: number;
  tier: ModelTier;
  estimateNanoUsd: bigint;
}

export interface AssessmentPolicy {
  /**
   * Words that force the strongest model, each with its other forms. A word also matches its simple inflections
   * (`tokens`, `permissioned`); a form that ends in `*` matches every word that starts with it. Matched as whole words,
   * also inside `camelCase`, `snake_case` and paths.
   */
  hardStopWords: Readonly<Record<string, readonly string[]>>;
  /** Strongest tier first; if the rows leave a gap, the first row applies. */
  tiers: readonly [TierRule, ...TierRule[]];
}

const dollar = 1_000_000_000n;

export const defaultAssessmentPolicy: AssessmentPolicy = {
  hardStopWords: {
    // Not `auth*`: it would match `author`, which is not a risk.
    auth: [
      'authn',
      'authz',
      'oauth',
      'authenticat*',
      'authoriz*',
      'authoris*',
      'unauthenticat*',
      'unauthor*',
      'sso',
    ],
    security: ['secure*', 'insecure*', 'vulnerab*', 'exploit*', 'csrf', 'xss'],
    payment: ['payout', 'refund'],
    billing: ['invoice', 'invoicing'],
    migration: ['migrat*'],
    password: ['passwd', 'passphrase', 'passkey'],
    crypto: ['cryptograph*', 'encrypt*', 'decrypt*', 'cipher'],
    permission: ['privilege', 'access control', 'rbac', 'acl'],
    secret: ['credential', 'private key', 'api key'],
    token: ['jwt'],
    compliance: ['gdpr', 'hipaa', 'pci', 'pii'],
  },
  tiers: [
    { onHardStop: true, complexityMin: 1, tier: 'strong', estimateNanoUsd: (5n * dollar) / 2n },
    { onHardStop: false, complexityMin: 0.3, tier: 'standard', estimateNanoUsd: dollar },
    { onHardStop: false, complexityMin: 0, tier: 'light', estimateNanoUsd: dollar / 10n },
  ],
};

const knownWords = defaultAssessmentPolicy.hardStopWords;

export const isKnownWord = (word: string): boolean => Object.hasOwn(knownWords, word);

/** `word` adds a word that forces the strongest model; `-word` removes a built-in one. */
export function withWords(policy: AssessmentPolicy, words: readonly string[]): AssessmentPolicy {
  const removed = new Set(words.flatMap((word) => (word.startsWith('-') ? [word.slice(1).trim()] : [])));
  const added = words.filter((word) => !word.startsWith('-')).map((word): [string, string[]] => [word, []]);
  const known = Object.entries(knownWords).filter(([word]) => !removed.has(word));
  return { ...policy, hardStopWords: Object.fromEntries([...added, ...known]) };
}

export const hardStopWordsKey = 'settings.policies.hard_stop_words';

/** The inverse of `withWords`: the words that differ from the built-in policy. */
export function changedWords({ hardStopWords }: AssessmentPolicy): string[] {
  const added = Object.keys(hardStopWords).filter((word) => !isKnownWord(word));
  return [...added, ...removedWords({ hardStopWords }).map((word) => `-${word}`)];
}

/** The built-in words that no longer count. */
export function removedWords({ hardStopWords }: Pick<AssessmentPolicy, 'hardStopWords'>): string[] {
  return Object.keys(knownWords).filter((word) => !Object.hasOwn(hardStopWords, word));
}
