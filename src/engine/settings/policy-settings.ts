// Settings for recovery policies and for the assessment of work.
import { z } from 'zod';
import {
  type AssessmentPolicy,
  changedWords,
  isKnownWord,
  type ModelTier,
  type TierRule,
  withWords,
} from '../policy/assessment-policy.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import { engineSetting, type SettingDefinition } from './definition.ts';
import { shareIn, usdIn } from './kinds.ts';
import { policiesOfRows, recoveryTableSchema, rowsOfPolicies } from './recovery-rows.ts';

const group = 'policies' as const;
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
  { assessment }: EngineSettings,
  tier: ModelTier,
  change: Partial<TierRule>,
): { assessment: AssessmentPolicy } {
  const changed = (rule: TierRule) => (rule.tier === tier ? { ...rule, ...change } : rule);
  const [first, ...others] = assessment.tiers;
  return { assessment: { ...assessment, tiers: [changed(first), ...others.map(changed)] } };
}

function ruleOf({ assessment: { tiers } }: EngineSettings, tier: ModelTier): TierRule {
  return tiers.find((rule) => rule.tier === tier) ?? tiers[0];
}

const estimate = (tier: ModelTier, whose: string): SettingDefinition =>
  usdIn({
    ...{ key: `settings.policies.estimate_${tier}_usd`, group, min: 0.001, max: 10_000 },
    title: `Estimate for ${whose} work`,
    help: `What Moose reserves for a run of ${whose} work before it begins. It releases what the run does not use.`,
    read: (settings) => ruleOf(settings, tier).estimateNanoUsd,
    write: (settings, estimateNanoUsd) => withTier(settings, tier, { estimateNanoUsd }),
  });

export const recoveryKey = 'settings.policies.recovery';

export const policySettings: readonly SettingDefinition[] = [
  engineSetting({
    ...{ key: recoveryKey, group, kind: 'policies', schema: recoveryTableSchema },
    title: 'Recovery policies',
    help: 'The first row that matches a failure decides: retry, refine, fall back, wait, or ask a person.',
    read: ({ recovery }) => rowsOfPolicies(recovery),
    write: (_, rows) => ({ recovery: policiesOfRows(rows) }),
  }),
  engineSetting({
    ...{ key: 'settings.policies.hard_stop_words', group, kind: 'words', schema: wordsSchema },
    environment: 'MOOSE_HARD_STOP_WORDS',
    title: 'Words that require the strongest model',
    help: 'A work order that contains one of these words goes to the strongest model, in addition to the built-in words. A built-in word with a minus, such as -token, no longer counts.',
    read: ({ assessment }) => changedWords(assessment),
    write: ({ assessment }, words) => ({ assessment: withWords(assessment, words) }),
  }),
  estimate('light', 'light'),
  estimate('standard', 'standard'),
  estimate('strong', 'risky'),
  shareIn({
    ...{ key: 'settings.policies.standard_complexity', group, min: 0, max: 1 },
    title: 'Minimum complexity of standard work',
    help: 'Less complex work goes to the light models, everything else to the standard ones.',
    read: (settings) => ruleOf(settings, 'standard').complexityMin,
    write: (settings, complexityMin) => withTier(settings, 'standard', { complexityMin }),
  }),
];
