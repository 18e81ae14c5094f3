// Writes the text of the pull request: the request, the change, the checks, the cost, and what to do with it. Pure.

import { createHash } from 'node:crypto';
import type { GivenReview } from '../../../domain/agents/review.ts';
import { foreignText } from '../../../domain/forge/forge-text.ts';
import { shortId } from '../../../domain/ids.ts';
import { leftOutSentence } from '../../../domain/machine/ignored-files.ts';
import { formatUsd } from '../../../domain/money.ts';
import { counted } from '../../../domain/text/counted.ts';
import { redact } from '../../../domain/text/redact.ts';
import { visibleText } from '../../../domain/text/visible-text.ts';
import type {
  ApplyingResult,
  GeneratingResult,
  RoutingResult,
  VerifyingResult,
} from '../../../domain/work-order/step-result.ts';
import { togetherSentence } from '../../../domain/work-order/together.ts';
import { commandName } from '../../../domain/work-order/work-order.ts';
import type { Effect } from '../../../store/work/sessions/effects.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { Opened, PullRequest } from '../../ports/forge.ts';
import { refusedFor, verificationOf } from '../../workplace/checks/verification.ts';

interface Facts {
  order: WorkOrder;
  routed: RoutingResult;
  generated: GeneratingResult;
  applied: ApplyingResult;
  verified: VerifyingResult;
  /** The other pull requests of its joint change, and the order of merging. */
  joint?: string | undefined;
}

export function pullRequestBody({ order, routed, generated, applied, verified, joint }: Facts): string {
  const leftOut = leftOutSentence(applied);
  const sections = [
    order.isScripted ? '> Made by a **scripted model**: its answers were written in advance.' : '',
    verified.acceptedBy
      ? `> **${refusedFor(verified) ? 'It is not verified' : 'Its checks fail'}.** **${personOf(verified.acceptedBy)}** accepted it as it is.`
      : '',
    isHuman(applied) ? `> Fixed by hand by **${personOf(applied.agent)}**.` : '',
    joint ? `## Joint change\n\n${joint}` : '',
    `## Asked\n\n${quote(order.description || order.title)}`,
    order.acceptance ? `## Done when\n\n${quote(order.acceptance)}` : '',
    `## Done\n\n${done(order, generated, applied)}`,
    leftOut ? `## Left out\n\n${quote(leftOut)}` : '',
    risks(generated),
    `## Checks\n\n${checks(verified)}`,
    reviewSection(verified.review ?? (isHuman(applied) ? undefined : generated.review)),
    `## Cost\n\n${cost(order, routed, generated, applied)}`,
    `## Commands\n\n${commands(order)}`,
    routed.hasUncommittedChanges
      ? '_The repository had uncommitted changes when this started; they are not part of it._'
      : '',
  ];
  return redact(visibleText(`${sections.filter(Boolean).join('\n\n')}\n`));
}

const isHuman = ({ agent }: ApplyingResult) => agent.startsWith('human:');

/** A name on one line, without Markdown syntax. */
function personOf(actor: string): string {
  return actor.replace(/^human:/, '').replace(/[^\p{L}\p{N} .@_-]/gu, '');
}

/** Quotes untrusted text, so that it cannot become a heading or a command, notify anybody or close an issue. */
function quote(text: string): string {
  return foreignText(text)
    .split(/\r\n|\r|\n/)
    .map((line) => `> ${line}`)
    .join('\n');
}

function done(
  { settings: { command } }: WorkOrder,
  { proposal }: GeneratingResult,
  applied: ApplyingResult,
): string {
  const summary = quote(proposal?.plan ?? applied.summary);
  return applied.agent === commandName && command !== undefined
    ? `Made by the command ${code(command)}, without an agent or a model.\n\n${summary}`
    : summary;
}

function risks({ proposal }: GeneratingResult): string {
  if (!proposal || proposal.risks.length === 0) return '';
  return `## Risks\n\n${proposal.risks.map((risk) => `- ${foreignText(risk.replace(/\s+/g, ' '))}`).join('\n')}`;
}

/** The reviewer's last words: readers of the pull request should know the remaining findings. */
function reviewSection(review: GivenReview | undefined): string {
  if (!review) return '';
  const { reviewer, verdict, findings } = review;
  const said = verdict === 'approve' ? 'approved the change' : 'still requests changes';
  const left = findings.map((finding) => `- ${finding.replace(/\s+/g, ' ')}`).join('\n');
  return [`## Review\n\n${code(reviewer)} ${said}.`, left && quote(left)].filter(Boolean).join('\n\n');
}

function checks(verified: VerifyingResult): string {
  const { isVerified, notVerifiedBecause } = verificationOf(verified);
  const lines = verified.checks.map(
    ({ kind, command, passed, durationMs, redBefore }) =>
      `- ${passed ? '✓' : '✗'} ${kind}: ${code(command)} (${(durationMs / 1_000).toFixed(1)} s)${redBefore ? beforeOf(redBefore) : ''}`,
  );
  const found = (verified.findings ?? []).map(({ text }) => `- ${foreignText(text.replace(/\s+/g, ' '))}`);
  if (found.length > 0) lines.push('', 'Found beyond the checks:', '', ...found);
  const together = togetherSentence(verified.together);
  if (together !== '') lines.push('', foreignText(together));
  if (isVerified || verified.acceptedBy) return lines.join('\n');
  const because = `**Not verified: ${notVerifiedBecause}.** Specify checks with \`--check\`.`;
  return [because, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n');
}

const failuresShownMax = 20;

function beforeOf(failures: readonly string[]): string {
  const named = failures.slice(0, failuresShownMax).map(code).join(', ');
  return `: failed in the same way before the change${named && `, at ${named}`}`;
}

/** One line of code, between more backticks than it contains. */
function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return longest === 0 ? `${ticks}${line}${ticks}` : `${ticks} ${line} ${ticks}`;
}

function cost(
  order: WorkOrder,
  routed: RoutingResult,
  generated: GeneratingResult,
  applied: ApplyingResult,
): string {
  if (applied.agent === commandName && order.costNanoUsd === 0n)
    return `${formatUsd(0n)}: a command, no model call`;
  const calls = counted(order.modelCalls, 'model call');
  const cycles = counted(order.refinementCycles, 'refinement cycle');
  return `${formatUsd(order.costNanoUsd)} of ${formatUsd(BigInt(routed.ceilingNanoUsd ?? routed.envelopeNanoUsd))} · ${calls} · ${cycles} · ${generated.model ?? 'no model'} · ${applied.agent}`;
}

function commands({ id, settings }: WorkOrder): string {
  const short = shortId(id);
  const messages =
    settings.command === undefined
      ? `\`moose send ${short} "…"\` with what should be different, while it waits for its checks; after that, `
      : '';
  return [
    `\`moose show ${short}\` · \`moose diff ${short}\` · \`moose undo ${short}\``,
    `To run it again: ${messages}\`moose undo ${short}\`, and \`moose run\` with what was asked above.`,
  ].join('\n\n');
}

type Texts = Pick<PullRequest, 'title' | 'body'>;

/** The member of the effect's detail; absent in effects of older versions. */
interface WrittenTexts {
  written?: { title?: unknown; body?: unknown };
}

/** What a person has changed since Moose wrote it. */
export function keptTexts(told: PullRequest | null, opened: Effect | undefined): Partial<Texts> {
  const { written } = (opened?.detail ?? {}) as WrittenTexts;
  if (told?.state !== 'open' || written === undefined) return {};
  return {
    ...(written.title === hashOf(told.title) ? {} : { title: told.title }),
    ...(written.body === hashOf(told.body) ? {} : { body: told.body }),
  };
}

/** What the detail of the effect says afterwards: a text that a person changed is not Moose's. */
export function writtenTexts(
  { title, body }: Opened,
  kept: Partial<Texts>,
  opened: Effect | undefined,
): WrittenTexts {
  const before = ((opened?.detail ?? {}) as WrittenTexts).written ?? {};
  return {
    written: {
      title: kept.title === undefined ? hashOf(title) : before.title,
      body: kept.body === undefined ? hashOf(body) : before.body,
    },
  };
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
