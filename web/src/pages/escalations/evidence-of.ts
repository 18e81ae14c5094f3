// Splits the evidence of a question into short facts and long texts.
import type { EscalationCard } from '../../../../src/contract/contract.ts';
import { usd } from '../../parts/money.ts';

export interface Evidence {
  /** Why a person has to decide. */
  because: string | null;
  advice: string | null;
  facts: ReadonlyArray<{ name: string; value: string }>;
  texts: ReadonlyArray<{ name: string; text: string }>;
  /** Last lines of the first text; empty if there is none. */
  lastLines: string;
}

const limits = { facts: 14, lastLines: 8, texts: 4, textChars: 6_000, depth: 3, factChars: 160 } as const;
const nanoUsdPerUsd = 1e9;

/** Evidence that is shown elsewhere on the card, or does not help with the decision. */
const hidden = new Set([
  'code',
  'because',
  'advice',
  'spent_nano_usd',
  'sessionId',
  'error_id',
  'recipe',
  'durationMs',
  'said',
]);

export function evidenceOf(card: EscalationCard): Evidence {
  const { context } = card;
  const facts = [
    { name: 'Failure', value: [card.failure_class, card.code].filter(Boolean).join(' · ') },
    { name: 'Component', value: [card.component, card.operation].filter(Boolean).join(' / ') },
  ];
  const spent = Number(context.spent_nano_usd);
  if (Number.isFinite(spent) && spent > 0)
    facts.push({ name: 'Spent so far', value: usd(spent / nanoUsdPerUsd) });
  const said = textOf((context.evidence as Record<string, unknown> | undefined)?.said);
  // Shown first: what an agent said, a person has to answer.
  const texts = said === null ? [] : [{ name: 'What the agent said', text: said.slice(-limits.textChars) }];
  lay(context, 0, '', facts, texts);
  return {
    because: textOf(context.because),
    advice: textOf(context.advice),
    facts: facts.filter(({ value }) => value !== '').slice(0, limits.facts),
    texts: texts.slice(0, limits.texts),
    lastLines: lastLinesOf(texts[0]?.text ?? ''),
  };
}

function lay(
  value: Readonly<Record<string, unknown>>,
  depth: number,
  within: string,
  facts: Array<{ name: string; value: string }>,
  texts: Array<{ name: string; text: string }>,
): void {
  for (const [key, each] of Object.entries(value)) {
    if (hidden.has(key) || each === null || each === '' || isOwnProgram(key, each)) continue;
    const name = nameOf(key, within);
    const text = textOf(each) ?? (isPlainList(each) ? each.map(String).join(', ') : null);
    if (text !== null) {
      const isLong = text.includes('\n') || text.length > limits.factChars;
      if (isLong) texts.push({ name, text: text.slice(-limits.textChars) });
      else facts.push(factOf(key, name, text));
    } else if (typeof each === 'object' && !Array.isArray(each) && depth < limits.depth) {
      lay(each as Record<string, unknown>, depth + 1, depth === 0 ? '' : key, facts, texts);
    }
  }
}

/** The command line of a program of Moose itself: what failed in it stands in its output. */
function isOwnProgram(key: string, value: unknown): boolean {
  return key === 'command' && /[\w-]-(?:program|worker)\.[jt]s\b/.test(textOf(value) ?? '');
}

const nanoUsdKey = /_?nano_?usd$/i;

/** Money is stored as nano-dollars. */
function factOf(key: string, name: string, text: string): { name: string; value: string } {
  if (nanoUsdKey.test(key) && /^-?\d+$/.test(text))
    return { name: name.replace(/ nano usd\b/i, ''), value: usd(Number(text) / nanoUsdPerUsd) };
  return { name, value: key === 'confidence' ? `${Math.round(Number(text) * 100)}%` : text };
}

const names: Readonly<Record<string, string>> = {
  rule: 'Matched rule',
  confidence: 'Confidence',
  stdoutTail: 'End of output',
  stderrTail: 'End of error output',
  outputTail: 'End of output',
  exitCode: 'Exit code',
  redChecks: 'Failed checks',
  worktreePath: 'Worktree',
  fault: 'Caused by',
};

function nameOf(key: string, within: string): string {
  const words = (name: string) =>
    name
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .replaceAll('_', ' ')
      .toLowerCase();
  const own = names[key] ?? words(key).replace(/^./, (first) => first.toUpperCase());
  return within === '' || names[key] ? own : `${own} (${words(within)})`;
}

function lastLinesOf(text: string): string {
  return text.trimEnd().split('\n').slice(-limits.lastLines).join('\n');
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function isPlainList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => textOf(each) !== null);
}
