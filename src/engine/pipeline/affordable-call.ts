// Fits a call into the rest of the envelope: it limits how much of the repository is shown and how long the answer may
// be, so that its worst case can be reserved before it is sent. The repository is read separately, once for all models.

import { isMooseError } from '../../domain/failure.ts';
import { dearestInput, dearestRates, inNanoUsd, tokensFor } from '../../domain/price.ts';
import { findSymbols, type SymbolPlaces } from '../../git/find-symbols.ts';
import { tellGitFault } from '../../git/git-repetition.ts';
import { listFiles, readFiles } from '../../git/tree.ts';
import { remainingNanoUsd } from '../budget/envelope.ts';
import type { Model } from '../ports/model.ts';
import type { Work } from '../run/work.ts';
import { composePrompt, proposerSystem } from './compose-prompt.ts';
import { fitFiles, listing, rankFiles } from './context-files.ts';
import { type NamedSymbols, namedSymbols } from './named-symbols.ts';

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
/** Maximum number of files that are read: lower-ranked ones would not fit. */
const filesReadMax = 200;

/** The parts of the repository that a prompt may show. */
export interface ReadRepository {
  listing: string;
  /** Most relevant files first. */
  ranked: ReturnType<typeof rankFiles>;
  contents: Awaited<ReturnType<typeof readFiles>>;
  symbols: NamedSymbols;
}

/** Files that are relevant to `task` come first. */
export async function readRepository(work: Work, task: string, base: string): Promise<ReadRepository> {
  const { project, signal } = work;
  const files = await listFiles(project.repositoryPath, base, signal);
  const symbols = namedSymbols(work.order.title, task);
  const ranked = rankFiles(files, task, await placesOf(work, base, symbols)).slice(0, filesReadMax);
  const paths = ranked.map(({ path }) => path);
  const contents = await readFiles(project.repositoryPath, base, paths, signal);
  return { listing: listing(files), ranked, contents, symbols };
}

export async function affordableCall(
  work: Work,
  { price }: Model,
  task: string,
  { listing: list, ranked, contents, symbols }: ReadRepository,
): Promise<AffordableCall> {
  const { settings } = work;
  const remaining = await remainingNanoUsd(work);
  const inputCharsMax = charsFor(remaining, price, settings.contextCharsMax);
  const prompt = composePrompt(task, {
    listing: list,
    ...fitFiles(ranked, contents, inputCharsMax, symbols.names),
  });

  // A byte-level tokenizer never makes more tokens than there are bytes.
  const inputTokensMax = Buffer.byteLength(proposerSystem) + Buffer.byteLength(prompt) + promptOverheadTokens;
  const rates = dearestRates(price, inputTokensMax);
  const inputNanoUsd = inNanoUsd(BigInt(inputTokensMax) * dearestInput(rates));
  const left = tokensFor(remaining - inputNanoUsd, rates.output, settings.outputTokensMax);
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

/** Without this index, files are ranked only by their paths. */
async function placesOf(
  { project, signal, logger, order }: Work,
  base: string,
  symbols: NamedSymbols,
): Promise<SymbolPlaces | undefined> {
  try {
    return await findSymbols(project.repositoryPath, base, symbols, signal);
  } catch (cause) {
    if (!isMooseError(cause) || signal.aborted) throw cause;
    logger.warn({ workOrderId: order.id, code: cause.code, err: cause }, cause.message);
    tellGitFault(cause).resolved(true);
    return undefined;
  }
}
