// The maximum cost of a plan: shown before it is requested, and reserved as a separate account (R-BUD-8). Pure.
import {
  dearestInput,
  dearestRates,
  inNanoUsd,
  type ModelPrice,
  tokensFor,
} from '../../domain/agents/price.ts';

/** How much of the repository the Architect sees. */
export const repositoryBytesMax = 160 * 1024;
/** The first answer and its repairs (R-SPEC-4). */
export const roundsMax = 4;
/** Instructions, the schema of the answer, and the reasons for a repair. */
const instructionBytes = 24 * 1024;
/** Plans are longer than proposals of edits. */
const planTokensMin = 16_000;
/** The fewest tokens that an answer needs. */
const answerTokensMin = 2_000;
/**
 * A call's bound treats each byte as a token, which is about four times too much, so twice the bound of the first call
 * pays for all rounds.
 */
const boundsReserved = 2n;

export interface PlanCall {
  outputTokensMax: number;
  worstCaseNanoUsd: bigint;
}

/** The maximum total cost of planning a spec of this length, including repairs. */
export function planningLimit(specBytes: number, price: ModelPrice, outputTokensMax: number): bigint {
  const bytes = specBytes + repositoryBytesMax;
  return boundsReserved * boundOf(bytes + instructionBytes, price, answerTokens(outputTokensMax));
}

/** Null if the remaining money is not enough for an answer of useful length. */
export function affordablePlanCall(
  leftNanoUsd: bigint,
  promptBytes: number,
  price: ModelPrice,
  outputTokensMax: number,
): PlanCall | null {
  const input = promptBytes + instructionBytes;
  const left = leftNanoUsd - boundOf(input, price, 0);
  const tokens = tokensFor(left, dearestRates(price, input).output, answerTokens(outputTokensMax));
  if (tokens < answerTokensMin) return null;
  return { outputTokensMax: tokens, worstCaseNanoUsd: boundOf(input, price, tokens) };
}

function answerTokens(outputTokensMax: number): number {
  return Math.max(outputTokensMax, planTokensMin);
}

/** Each byte counts as a token, as in the gateway's bound of a call. */
function boundOf(inputTokens: number, price: ModelPrice, outputTokens: number): bigint {
  const rates = dearestRates(price, inputTokens);
  return inNanoUsd(BigInt(inputTokens) * dearestInput(rates) + BigInt(outputTokens) * rates.output);
}
