// Fits a call into the rest of the envelope: it limits how much of the repository is shown and how long the answer may
// be, so that its worst case can be reserved before it is sent. The repository is read separately, once for all models.

import { dearestInput, dearestRates, inNanoUsd, tokensFor } from '../../../domain/agents/price.ts';
import type { Model } from '../../ports/model.ts';
import { remainingNanoUsd } from '../../run/budget/envelope.ts';
import { type RelevantFiles, readRepository } from '../../run/reading/read-repository.ts';
import type { Work } from '../../run/work.ts';
import { composePrompt, proposerSystem } from './compose-prompt.ts';

export interface AffordableCall {
  prompt: string;
  outputTokensMax: number;
  worstCaseNanoUsd: bigint;
}

/** With fewer output tokens, an answer would be cut off: then the envelope is too small for the call. */
const outputTokensMin = 1_024;
/**
 * Size of what surrounds a prompt: the format rules with their schema, and the roles. The gateway sees the whole
 * request and bounds it by its bytes.
 */
const promptOverheadTokens = 4_000;
/** The maximum share of the remaining envelope that the input may cost. */
const inputShareDivisor = 2n;
/** Files that are relevant to `task` come first. */
export function readFor(work: Work, task: string, base: string): Promise<RelevantFiles> {
  const { project, order, signal } = work;
  const commit = { repositoryPath: project.repositoryPath, commit: base, signal };
  return readRepository(commit, { title: order.title, text: task });
}

export async function affordableCall(
  work: Work,
  { price }: Model,
  task: string,
  files: RelevantFiles,
): Promise<AffordableCall> {
  const { settings } = work;
  const remaining = await remainingNanoUsd(work);
  const prompt = composePrompt(task, files.fit(charsFor(remaining, price, settings.contextCharsMax)));
  return callWithin(remaining, price, prompt, settings.outputTokensMax);
}

/** A call with this prompt, without files of the repository. */
export async function callFor(
  work: Work,
  { price }: Model,
  prompt: string,
  outputTokensMax: number,
): Promise<AffordableCall> {
  return callWithin(await remainingNanoUsd(work), price, prompt, outputTokensMax);
}

function callWithin(
  remaining: bigint,
  price: Model['price'],
  prompt: string,
  answerTokensMax: number,
): AffordableCall {
  // A byte-level tokenizer never makes more tokens than there are bytes.
  const inputTokensMax = Buffer.byteLength(proposerSystem) + Buffer.byteLength(prompt) + promptOverheadTokens;
  const rates = dearestRates(price, inputTokensMax);
  const inputNanoUsd = inNanoUsd(BigInt(inputTokensMax) * dearestInput(rates));
  const left = tokensFor(remaining - inputNanoUsd, rates.output, answerTokensMax);
  const outputTokensMax = Math.max(outputTokensMin, left);
  return {
    prompt,
    outputTokensMax,
    worstCaseNanoUsd: inputNanoUsd + inNanoUsd(BigInt(outputTokensMax) * rates.output),
  };
}

/** How many characters of the repository a call may show. */
export async function affordableChars(work: Work, { price }: Model): Promise<number> {
  return charsFor(await remainingNanoUsd(work), price, work.settings.contextCharsMax);
}

function charsFor(remaining: bigint, price: Model['price'], charsMax: number): number {
  return tokensFor(remaining / inputShareDivisor, dearestInput(dearestRates(price, charsMax)), charsMax);
}
