// What is done about a failure, and what a piece of work is taken for before it is begun.
import { z } from 'zod';
import {
  type AssessmentPolicy,
  defaultAssessmentPolicy,
  type ModelTier,
  type TierRule,
} from '../pipeline/assessment-policy.ts';
import type { EngineSettings } from '../settings.ts';
import { engineSetting, type SettingDefinition } from './definition.ts';
import { shareIn, usdIn } from './kinds.ts';
import { policiesOfRows, recoveryTableSchema, rowsOfPolicies } from './recovery-rows.ts';

const group = 'policies' as const;
const wordsMax = 200;
const wordCharsMax = 60;

const wordsSchema = z
  .array(
    z
      .string({ error: 'has to be a word' })
      .trim()
      .toLowerCase()
      .min(1, { error: 'has to be a word' })
      .max(wordCharsMax, { error: `has to have at most ${wordCharsMax} characters` }),
    { error: 'has to be a list of words' },
  )
  .max(wordsMax, { error: `has to have at most ${wordsMax} words` });

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
    help: `So much is set aside for each run of ${whose} work before it begins, and what is not used is given back.`,
    read: (settings) => ruleOf(settings, tier).estimateNanoUsd,
    write: (settings, estimateNanoUsd) => withTier(settings, tier, { estimateNanoUsd }),
  });

export const recoveryKey = 'settings.policies.recovery';

export const policySettings: readonly SettingDefinition[] = [
  engineSetting({
    ...{ key: recoveryKey, group, kind: 'policies', schema: recoveryTableSchema },
    title: 'What is done about a failure',
    help: 'The first row that fits a failure says whether it is retried, refined, handed on, waited out, or put before a human.',
    read: ({ recovery }) => rowsOfPolicies(recovery),
    write: (_, rows) => ({ recovery: policiesOfRows(rows) }),
  }),
  engineSetting({
    ...{ key: 'settings.policies.hard_stop_words', group, kind: 'words', schema: wordsSchema },
    environment: 'MOOSE_HARD_STOP_WORDS',
    title: 'More words that call for the strongest model',
    help: 'A work order that has one of them goes to the strongest model, as with those that Moose knows, which always hold.',
    read: ({ assessment }) =>
      Object.keys(assessment.hardStopWords).filter(
        (word) => !Object.hasOwn(defaultAssessmentPolicy.hardStopWords, word),
      ),
    write: ({ assessment }, words) => ({
      assessment: {
        ...assessment,
        hardStopWords: {
          ...Object.fromEntries(words.map((word) => [word, [] as readonly string[]])),
          ...defaultAssessmentPolicy.hardStopWords,
        },
      },
    }),
  }),
  estimate('light', 'light'),
  estimate('standard', 'standard'),
  estimate('strong', 'risky'),
  shareIn({
    ...{ key: 'settings.policies.standard_complexity', group, min: 0, max: 1 },
    title: 'Complexity from which work is standard',
    help: 'Work that is assessed as less complex goes to the light models, all other to the standard ones.',
    read: (settings) => ruleOf(settings, 'standard').complexityMin,
    write: (settings, complexityMin) => withTier(settings, 'standard', { complexityMin }),
  }),
];
