// A notice as Slack's blocks. Limits: https://api.slack.com/reference/block-kit/blocks, as of 2025.

import type { Severity } from '../../domain/failure.ts';
import type { EscalationOption } from '../../domain/people/escalation.ts';
import type { Delivery } from '../../engine/ports/notifier.ts';
import { fitText } from '../fit-text.ts';
import { optionWords } from '../option-words.ts';

const blocksMax = 50;
const headerCharsMax = 150;
const sectionCharsMax = 3_000;
const fieldCharsMax = 2_000;
const fieldsPerSectionMax = 10;
/** Longer texts are shown on a separate page. */
const factsMax = 30;
const optionsMax = 10;
const buttonCharsMax = 75;

/**
 * All text from outside goes into `plain_text`, which has no markup; Slack decodes these three characters even there.
 */
const codes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const encode = (character: string) => codes[character] ?? character;
/** Between backticks only the closing backtick is markup. */
const encodeCode = (character: string) =>
  character === '`' ? "'" : character === '\n' ? ' ' : encode(character);

const signs: Readonly<Record<Severity, string>> = { low: '🔵', medium: '🟡', high: '🟠', critical: '🔴' };

const plain = (text: string, charsMax: number) => ({
  type: 'plain_text',
  // Slack refuses an empty text.
  text: fitText(text, charsMax, encode).trim() || '–',
  emoji: false,
});

/** `hasButtons`: the Slack app sends presses to Moose. */
export function slackMessage(
  delivery: Delivery,
  { hasButtons = false }: { hasButtons?: boolean } = {},
): { text: string; blocks: object[] } {
  const { notice, link, kind, createdAt } = delivery;
  const title = `${signs[notice.severity]} ${notice.title}`;
  const blocks: object[] = [
    { type: 'header', text: plain(title.replaceAll('\n', ' '), headerCharsMax) },
    ...(notice.text.trim() === '' ? [] : [{ type: 'section', text: plain(notice.text, sectionCharsMax) }]),
    ...factBlocks(notice.facts ?? []),
    ...(notice.options ?? []).slice(0, optionsMax).map((option) => optionBlock(option, notice.recommended)),
    ...(hasButtons ? buttonBlocks(delivery.notice) : []),
    ...(link === null ? [] : [linkBlock(link)]),
  ];
  const context = {
    type: 'context',
    elements: [plain(`Moose · ${kind} · ${createdAt.toISOString()}`, fieldCharsMax)],
  };
  return {
    // The text of a phone notification.
    text: fitText(title, sectionCharsMax, encode),
    blocks: [...blocks.slice(0, blocksMax - 1), context],
  };
}

function factBlocks(facts: readonly { name: string; value: string }[]): object[] {
  const shown = facts.slice(0, factsMax);
  const more = facts.length - shown.length;
  const fields = [
    ...shown.map(({ name, value }) => plain(`${name}\n${value}`, fieldCharsMax)),
    ...(more > 0 ? [plain(`… and ${more} more`, fieldCharsMax)] : []),
  ];
  const blocks: object[] = [];
  for (let first = 0; first < fields.length; first += fieldsPerSectionMax)
    blocks.push({ type: 'section', fields: fields.slice(first, first + fieldsPerSectionMax) });
  return blocks;
}

function optionBlock(option: EscalationOption, recommended: string | null | undefined): object {
  const label = option.id === recommended ? `${option.label} (recommended)` : option.label;
  return {
    type: 'section',
    text: plain(`➤ ${label}`, sectionCharsMax),
    fields: [
      { type: 'mrkdwn', text: `\`${fitText(option.command, fieldCharsMax - 2, encodeCode) || '–'}\`` },
      plain(optionWords(option), fieldCharsMax),
    ],
  };
}

const questionPath = /^\/escalations\/([\w-]{1,100})$/;

/** One button for each option that is shown. What a button does is in its value, as `SlackChoice`. */
function buttonBlocks({ path = '', options = [], recommended }: Delivery['notice']): object[] {
  const escalation = questionPath.exec(path)?.[1];
  const shown = options.slice(0, optionsMax);
  if (escalation === undefined || shown.length === 0) return [];
  const elements = shown.map(({ id, label }, index) => ({
    type: 'button',
    action_id: `moose-${index}`,
    text: plain(label.replaceAll('\n', ' '), buttonCharsMax),
    value: JSON.stringify({ escalation, option: id }),
    ...(id === recommended ? { style: 'primary' } : {}),
  }));
  return [{ type: 'actions', elements }];
}

function linkBlock(link: string): object {
  const address = new URL(link).href.replaceAll('|', '%7C').replaceAll('&', '&amp;');
  return { type: 'section', text: { type: 'mrkdwn', text: `<${address}|Open in Moose>` } };
}
