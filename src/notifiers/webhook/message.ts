// A notice as plain JSON: everything, with names as in Moose's other documents.
import { usdNumber } from '../../domain/money.ts';
import type { Delivery } from '../../engine/ports/notifier.ts';
import { fitText } from '../fit-text.ts';

const titleCharsMax = 1_000;
const textCharsMax = 20_000;
const factsMax = 100;
const optionsMax = 20;
const valueCharsMax = 4_000;

export function webhookMessage({ key, kind, notice, link, createdAt }: Delivery): object {
  return {
    key,
    kind,
    created_at: createdAt.toISOString(),
    severity: notice.severity,
    title: fitText(notice.title, titleCharsMax),
    text: fitText(notice.text, textCharsMax),
    facts: (notice.facts ?? []).slice(0, factsMax).map(({ name, value }) => ({
      name: fitText(name, titleCharsMax),
      value: fitText(value, valueCharsMax),
    })),
    options: (notice.options ?? []).slice(0, optionsMax).map((option) => ({
      id: option.id,
      kind: option.kind,
      label: fitText(option.label, titleCharsMax),
      command: fitText(option.command, valueCharsMax),
      cost_usd: option.costNanoUsd === null ? null : usdNumber(BigInt(option.costNanoUsd)),
      risk: option.risk,
      chance: option.chance,
      chance_of: option.chanceOf,
      is_recommended: option.id === notice.recommended,
    })),
    link,
  };
}
