// What the gateway bounds, and what it refuses, as its own tables say it.
import { hostRules, unknownHost } from '../../src/gateway/request/host-rules.ts';
import { anthropicFeatures } from '../../src/gateway/wire/anthropic/anthropic-features.ts';
import type { Feature } from '../../src/gateway/wire/feature.ts';
import { geminiFeatures, geminiSettings } from '../../src/gateway/wire/gemini/gemini-features.ts';
import { pictureTokensMax } from '../../src/gateway/wire/input-parts.ts';
import { geminiTokensMax } from '../../src/gateway/wire/maker-models.ts';
import { chatFeatures } from '../../src/gateway/wire/openai/openai-chat-features.ts';
import { responsesFeatures } from '../../src/gateway/wire/openai/openai-responses-features.ts';
import { defaultBudgetTokens } from '../../src/gateway/wire/thinking-budget.ts';
import { markdownTable } from './markdown-table.ts';

const tokens = (count: number) => count.toLocaleString('en-US');

/** What each part of a call is bounded by. */
export function boundsTable(): string {
  return markdownTable(
    ['part of a call', 'bound'],
    [
      ['plain text', 'one token for each byte, or for each byte of its longest Unicode form'],
      [
        'tools, schemas, arguments, results',
        'one token for each byte of the longest rendering: indented, escaped, in tags',
      ],
      ['a number', 'refused if it changes as it is read'],
      ['a PNG, JPEG, GIF, WebP or HEIC picture with its bytes', `${tokens(pictureTokensMax)} tokens`],
      ['any other file with its bytes', 'the largest context, also if a smaller one is listed'],
      [
        'what the provider would fetch or has stored',
        'refused, except addresses at hosts that a person allows',
      ],
      ['a conversation that the same model has counted', 'that count, and the bound of what is new'],
      ['the answer', 'the limit that is written into the request'],
      [
        'thinking beside the limit',
        `the largest budget in the request; without one, ${tokens(defaultBudgetTokens)} tokens are written into it, and only reserved for models of Anthropic, OpenAI and Google`,
      ],
      [
        'thoughts of Gemini',
        `twice the budget in the request; without one, at Google itself, ${tokens(geminiTokensMax)} tokens`,
      ],
      ['a cache mark', 'the price of its duration; refused if it is neither five minutes nor an hour'],
      ['a member that is on no list', 'refused'],
      ['a tool that runs at the provider', 'removed, or refused if there is no other'],
    ],
  );
}

/** The members of each protocol that cost something besides tokens. */
export function boundedMembersTable(): string {
  const protocols: [string, readonly Feature[]][] = [
    ['Anthropic Messages', anthropicFeatures],
    ['OpenAI Chat Completions', chatFeatures],
    ['OpenAI Responses', responsesFeatures],
    ['Gemini', geminiFeatures],
    ['Gemini, `generationConfig`', geminiSettings],
  ];
  const rows = protocols.flatMap(([protocol, features]) =>
    features
      .filter(({ field }) => !field.includes('_') || !protocol.startsWith('Gemini'))
      .map(({ field, otherwise, because }) => [
        protocol,
        `\`${field}\``,
        otherwise === 'refuse' ? 'refused' : 'rewritten or removed',
        because,
      ]),
  );
  return markdownTable(['protocol', 'member', 'a value with another price is', 'because'], rows);
}

/** What is known of each host's bills. */
export function hostsTable(): string {
  const rows = [...hostRules, unknownHost].map(
    ({ name, isThinkingWithin, priceTenths, billsItsCharge, takesPriceCap }) => [
      name,
      isThinkingWithin ? 'within the limit' : 'reserved beside the limit',
      priceTenths === undefined ? '1' : `${priceTenths / 10n}.${priceTenths % 10n}`,
      billsItsCharge ? 'booked as it is stated' : 'booked if it is above the price and may be in dollars',
      takesPriceCap ? 'the reserved price' : '–',
    ],
  );
  return markdownTable(
    ['host', 'thinking', 'times the price', 'a charge in the answer is', 'highest price in the request'],
    rows,
  );
}
