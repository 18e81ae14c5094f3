// The recovery table, and the assessment of work.
import { z } from 'zod';
import type { ModelTier } from '../../../domain/agents/model-tier.ts';
import { type TogetherMode, togetherModes } from '../../../domain/work-order/together.ts';
import {
  type AssessmentPolicy,
  changedWords,
  defaultAssessmentPolicy,
  hardStopWordsKey,
  isKnownWord,
  type TierRule,
  withWords,
} from '../assessment-policy.ts';
import { defaultRecoveryPolicies } from '../default-policies.ts';
import type { RecoveryPolicy } from '../recovery-policy.ts';
import { policiesOfRows, type RecoveryRow, recoveryTableSchema, rowsOfPolicies } from '../recovery-rows.ts';
import type { Setting, SettingPart } from './definition.ts';
import { oneOf, partOf, sharePart, usdPart, whole } from './kinds.ts';

const wordsMax = 200;
const wordCharsMax = 60;

const wordsSchema = z
  .array(
    z
      .string({ error: 'must be a word' })
      .trim()
      .toLowerCase()
      .min(1, { error: 'must be a word' })
      .max(wordCharsMax, { error: `must have at most ${wordCharsMax} characters` })
      .refine((word) => !word.startsWith('-') || isKnownWord(word.slice(1)), {
        error: 'must be a built-in word if it starts with a minus',
      }),
    { error: 'must be a list of words' },
  )
  .max(wordsMax, { error: `must have at most ${wordsMax} words` });

function withTier(
  policy: AssessmentPolicy,
  tier: ModelTier,
  change: Partial<Omit<TierRule, 'tier'>>,
): AssessmentPolicy {
  const changed = (rule: TierRule) => (rule.tier === tier ? { ...rule, ...change } : rule);
  const [first, ...others] = policy.tiers;
  return { ...policy, tiers: [changed(first), ...others.map(changed)] };
}

function ruleOf({ tiers }: AssessmentPolicy, tier: ModelTier): TierRule {
  return tiers.find((rule) => rule.tier === tier) ?? tiers[0];
}

const estimate = (tier: ModelTier, whose: string): SettingPart<AssessmentPolicy> =>
  usdPart({
    key: `settings.policies.estimate_${tier}_usd`,
    min: 0.001,
    max: 10_000,
    title: `Estimate for ${whose} work`,
    help: `What Moose reserves for a run of ${whose} work before it begins. It releases what the run does not use.`,
    read: (policy) => ruleOf(policy, tier).estimateNanoUsd,
    write: (policy, estimateNanoUsd) => withTier(policy, tier, { estimateNanoUsd }),
  });

export const recoveryKey = 'settings.policies.recovery';

const recovery: Setting<readonly RecoveryPolicy[]> = {
  default: defaultRecoveryPolicies,
  parts: [
    partOf<readonly RecoveryPolicy[], RecoveryRow[]>({
      key: recoveryKey,
      kind: 'policies',
      schema: recoveryTableSchema,
      title: 'Recovery policies',
      help: 'The first row that matches a failure decides: retry, refine, fall back, wait, or ask a person.',
      read: rowsOfPolicies,
      write: (_, rows) => policiesOfRows(rows),
    }),
  ],
};

const assessment: Setting<AssessmentPolicy> = {
  default: defaultAssessmentPolicy,
  parts: [
    partOf<AssessmentPolicy, string[]>({
      key: hardStopWordsKey,
      environment: 'MOOSE_HARD_STOP_WORDS',
      kind: 'words',
      schema: wordsSchema,
      title: 'Words that require the strongest model',
      help: 'Words in addition to the built-in ones. A work order that contains one of them goes to the strongest model. A minus before a built-in word, as in -token, turns that word off.',
      read: changedWords,
      write: withWords,
    }),
    estimate('light', 'light'),
    estimate('standard', 'standard'),
    estimate('strong', 'risky'),
    sharePart({
      key: 'settings.policies.standard_complexity',
      min: 0,
      max: 1,
      title: 'Minimum complexity of standard work',
      help: 'Less complex work goes to the light models, everything else to the standard ones.',
      read: (policy) => ruleOf(policy, 'standard').complexityMin,
      write: (policy, complexityMin) => withTier(policy, 'standard', { complexityMin }),
    }),
  ],
};

const together = whole<TogetherMode>({
  key: 'settings.policies.together',
  default: togetherModes[0],
  kind: 'choice',
  choices: togetherModes,
  schema: oneOf(togetherModes),
  title: 'Check open changes together',
  help: 'likely: before a change is published or merged, its checks run on the newest base branch with the open changes that something connects with it. all: with every open change of the project. off: each change is checked by itself. A project or its .moose/config.yml can set another value.',
});

export const policies = { recovery, assessment, together };
