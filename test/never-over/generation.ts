// How the never-over test's provider treats a request: the number of input tokens, the length of the answer, and the
// fault. All of it follows from the seed and the request's name. Pure.
import { noUsage, type TokenUsage, type WireName } from '../../src/domain/agents/model-call.ts';
import { randomFor } from './plan.ts';

export interface AskedRequest {
  tag: string;
  conversation: string;
  wire: WireName;
  /** The size of everything that the model reads. */
  inputBytes: number;
  messages: number;
  hasPicture: boolean;
  contextTokens: number;
  /** Null if the model may answer at any length. */
  outputTokensMax: number | null;
  cache: 'none' | 'write' | 'write_1h';
}

export const faults = [
  'none',
  'too_many',
  'overloaded',
  'unavailable',
  'error_before',
  'error_after',
  'hang',
  'page',
  'cut',
  'malformed_end',
  'no_usage',
  'error_in_stream',
] as const;
export type Fault = (typeof faults)[number];

/** How often each fault happens, per thousand requests. */
const perMille: Record<Fault, number> = {
  none: 0,
  too_many: 20,
  overloaded: 15,
  unavailable: 10,
  error_before: 15,
  error_after: 15,
  hang: 25,
  page: 10,
  cut: 35,
  malformed_end: 20,
  no_usage: 20,
  error_in_stream: 20,
};

/** Wrong reports of the usage; the bill has the real one. */
const lies = [
  'none',
  /** The first report is 0. */
  'placeholder',
  'lower_after',
  'zero_after',
  'unreadable',
  /** Only the report in the middle of the answer is wrong. */
  'early',
] as const;
export type Lie = (typeof lies)[number];
const lieShare = 0.12;

export interface Generation {
  /** The usage with the complete output, as it is billed if nothing fails. */
  usage: TokenUsage;
  fault: Fault;
  lie: Lie;
  /** The share of the output after which the answer breaks off. */
  breaksAt: number;
  /** The time before the first token, in seconds of the model. */
  thinksSeconds: number;
}

/** The length of an answer without a limit. */
const unlimitedTokens = 20_000;
const defaultTokens = 300;
const allOfItShare = 0.12;
/** The share of texts in which each byte is a token. */
const byteTextShare = 0.25;
/** How often everything that can be cached is cached. */
const allKeptShare = 0.3;
/** A URL leads to a small picture at some times, and to a large one at others. */
const pictureTokens = { small: 85, large: 8_000 };

export function generationOf(seed: number, asked: AskedRequest): Generation {
  const random = randomFor(seed, asked.tag);
  const fault = faultOf(random() * 1_000);
  const max = asked.outputTokensMax ?? unlimitedTokens;
  const wanted = Math.ceil(-Math.log(1 - random()) * defaultTokens);
  const isAllOfIt = random() < allOfItShare || asked.outputTokensMax === null;
  const usage = { ...inputOf(seed, asked, random), outputTokens: isAllOfIt ? max : Math.min(wanted, max) };
  const lie = random() < lieShare ? lies[1 + Math.floor(random() * (lies.length - 1))] : undefined;
  return { usage, fault, lie: lie ?? 'none', breaksAt: random(), thinksSeconds: 0.3 + random() * 2 };
}

function faultOf(point: number): Fault {
  let left = point;
  for (const fault of faults) {
    left -= perMille[fault];
    if (left < 0) return fault;
  }
  return 'none';
}

/** The same text always has the same number of tokens, and a longer one has more; the picture behind a URL changes. */
function inputOf(seed: number, asked: AskedRequest, random: () => number): TokenUsage {
  const ofText = randomFor(seed, `text ${asked.conversation}`);
  const perByte = ofText() < byteTextShare ? 1 : 0.2 + ofText() * 0.2;
  const addedTokens = Math.floor(ofText() * 400) + asked.messages * 4;
  const seenTokens = asked.hasPicture ? pictureTokens[random() < 0.5 ? 'small' : 'large'] : 0;
  const textTokens = Math.floor(asked.inputBytes * perByte) + addedTokens;
  const total = Math.min(textTokens + seenTokens, asked.contextTokens);
  const isAllKept = asked.cache !== 'none' && random() < allKeptShare;
  const isRead = !isAllKept && asked.messages > 1 && random() < 0.6;
  const readTokens = isRead ? Math.floor(total * random()) : 0;
  const keptShare = isAllKept ? 1 : random();
  const writtenTokens = asked.cache === 'none' ? 0 : Math.floor((total - readTokens) * keptShare);
  return {
    ...noUsage,
    inputTokens: total - readTokens - writtenTokens,
    cacheReadTokens: readTokens,
    ...(asked.cache === 'write_1h'
      ? { cacheWrite1hTokens: writtenTokens }
      : { cacheWriteTokens: writtenTokens }),
  };
}
