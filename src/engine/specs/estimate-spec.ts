// Estimates the cost of a spec from its text, the prices, and the cost of earlier work orders. Pure.

import type * as wire from '../../contract/contract.ts';
import type { ModelPrice } from '../../domain/agents/price.ts';
import { formatUsd, usdNumber } from '../../domain/money.ts';
import { specFailures } from './failure-catalogue.ts';
import { planningLimit } from './planning-cost.ts';

/** Size of the text, in UTF-8. */
export const specBytesMax = 512 * 1024;

export interface EstimateGround {
  /** The strongest configured model; null if none is configured. */
  architect: { model: string; price: ModelPrice | null; outputTokensMax: number } | null;
  /** The range of a work order's cost. */
  perWorkOrder: { lowNanoUsd: bigint; highNanoUsd: bigint; from: 'history' | 'policy'; completed: number };
  /** What is left of the month's limit; null if there is no limit. */
  monthLeftNanoUsd: bigint | null;
}

/** An average for English and code; other languages need more tokens. */
const charsPerToken = 4;
/** A spec above either of these numbers gets a warning that it is large. */
const longTokens = 50_000;
const manyWorkOrders = 100;

/** @throws PermanentError `SPEC_TOO_LARGE`, `SPEC_NOT_TEXT`, `SPEC_EMPTY` */
export function estimateSpec(content: string, ground: EstimateGround): wire.SpecEstimate {
  refuseUnusable(content);
  const { architect, perWorkOrder } = ground;
  const parts = partsOf(content);
  const tokens = Math.ceil(content.length / charsPerToken);
  const architectNanoUsd = architectCost(content, architect);
  const workOrders = { low: Math.max(1, Math.ceil(parts.sections / 2)), high: parts.pieces };
  const low = BigInt(workOrders.low) * perWorkOrder.lowNanoUsd;
  const high = BigInt(workOrders.high) * perWorkOrder.highNanoUsd;
  return {
    tokens,
    sections: parts.sections,
    work_orders: workOrders,
    architect_model: architect?.model ?? '',
    architect_usd: usdNumber(architectNanoUsd ?? 0n),
    work_usd: { low: usdNumber(low), high: usdNumber(high) },
    basis: basisOf(ground),
    warnings: [
      ...(architect === null ? ['No model that could split it is configured.'] : []),
      ...(architect && architectNanoUsd === null
        ? [`The price of ${architect.model} is unknown, so this estimate does not include its cost.`]
        : []),
      ...moneyWarnings(architectNanoUsd ?? 0n, low, high, ground.monthLeftNanoUsd),
      ...(tokens > longTokens || workOrders.high > manyWorkOrders
        ? ['It is very long: several smaller specs are easier to review and to undo.']
        : []),
      ...(parts.hasHeadings
        ? []
        : ['It has no headings, so it counts as one piece: give each piece of work its own heading.']),
    ],
  };
}

function refuseUnusable(content: string): void {
  const bytes = Buffer.byteLength(content);
  if (bytes > specBytesMax) {
    throw specFailures.SPEC_TOO_LARGE('estimate spec', { bytes, specBytesMax });
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a text contains none of these.
  if (!content.isWellFormed() || /[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]/.test(content)) {
    throw specFailures.SPEC_NOT_TEXT('estimate spec');
  }
  if (content.trim() === '') throw specFailures.SPEC_EMPTY('estimate spec');
}

interface Parts {
  /** Number of headings with text of their own; 1 if there are none. */
  sections: number;
  /** Each list item counts; a section without a list counts as one. */
  pieces: number;
  hasHeadings: boolean;
}

const fence = /^ {0,3}(```|~~~)/;
const heading = /^ {0,3}#{1,6}(\s|$)/;
const point = /^ {0,3}([-*+]|\d{1,9}[.)])\s+\S/;
const underline = /^ {0,3}(=+|-+)\s*$/;

export function partsOf(content: string): Parts {
  const sections = [{ points: 0, hasText: false }];
  let headings = 0;
  let isCode = false;
  let isAfterText = false;
  for (const line of content.split(/\r\n?|\n/)) {
    const now = sections.at(-1);
    if (!now) break;
    if (fence.test(line)) isCode = !isCode;
    const isUnderlined: boolean = isAfterText && underline.test(line);
    if (!isCode && (heading.test(line) || isUnderlined)) {
      headings += 1;
      sections.push({ points: 0, hasText: false });
    } else if (line.trim() !== '') {
      now.hasText = true;
      if (!isCode && point.test(line)) now.points += 1;
    }
    isAfterText = !isCode && !isUnderlined && line.trim() !== '' && !point.test(line) && !heading.test(line);
  }
  // Text before the first heading is the introduction.
  const own = (headings > 0 ? sections.slice(1) : sections).filter(({ hasText }) => hasText);
  return {
    sections: Math.max(1, own.length),
    pieces: Math.max(
      1,
      own.reduce((sum, { points }) => sum + Math.max(1, points), 0),
    ),
    hasHeadings: headings > 0,
  };
}

/** The maximum, with all repairs of the plan. */
function architectCost(content: string, architect: EstimateGround['architect']): bigint | null {
  if (!architect?.price) return null;
  return planningLimit(Buffer.byteLength(content), architect.price, architect.outputTokensMax);
}

function moneyWarnings(architect: bigint, low: bigint, high: bigint, left: bigint | null): string[] {
  if (left === null) return [];
  if (architect + low > left)
    return [`It costs more than the ${formatUsd(left)} left of this month's limit.`];
  return architect + high > left
    ? [`It may cost more than the ${formatUsd(left)} left of this month's limit.`]
    : [];
}

function basisOf({ perWorkOrder, monthLeftNanoUsd }: EstimateGround): string {
  const { lowNanoUsd, highNanoUsd, from, completed } = perWorkOrder;
  const each = `${formatUsd(lowNanoUsd)} to ${formatUsd(highNanoUsd)}`;
  const work =
    from === 'history'
      ? `A work order costs ${each}, like the middle half of the ${completed} completed ones.`
      : `A work order costs ${each}, by the routing policy's estimate: fewer than ${historyMin} have been completed so far.`;
  const month = monthLeftNanoUsd === null ? '' : `, of which ${formatUsd(monthLeftNanoUsd)} is left`;
  return [
    `A token counts as ${charsPerToken} characters, a section is a heading with its own text, and each list item may be a work order.`,
    work,
    `The Architect's cost is an upper bound, with each byte counted as a token and all repairs of its plan; it counts toward the monthly limit${month}, not the daily one.`,
  ].join(' ');
}

/** With fewer earlier work orders, the middle half of their costs is not reliable. */
export const historyMin = 5;
