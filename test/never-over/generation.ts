// What the provider of the proof makes of a request, all of it from the seed and the request's own name: how many tokens
// its input has, how long its answer becomes, and what goes wrong. Pure.
import { noUsage, type TokenUsage, type WireName } from '../../src/domain/model-call.ts';
import { randomFor } from './plan.ts';

export interface AskedRequest {
  tag: string;
  conversation: string;
  wire: WireName;
  /** Of all that the model reads. */
  inputBytes: number;
  messages: number;
  hasPicture: boolean;
  contextTokens: number;
  /** Null: as long as it likes. */
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

/** Of a thousand requests. */
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

/** What it says of the usage without meaning it, while the bill is what was used. */
const lies = [
  'none',
  /** The first word is 0. */
  'placeholder',
  'lower_after',
  'zero_after',
  'unreadable',
  /** Said in the midst alone. */
  'early',
] as const;
export type Lie = (typeof lies)[number];
const lieShare = 0.12;

export interface Generation {
  /** With all of its output, as it would be billed if nothing happened. */
  usage: TokenUsage;
  fault: Fault;
  lie: Lie;
  /** Where it breaks: a share of the output. */
  breaksAt: number;
  /** Before the first token, in seconds of the model. */
  thinksSeconds: number;
}

/** One that is asked for no limit would write a book. */
const unlimitedTokens = 20_000;
const usualTokens = 300;
const allOfItShare = 0.12;
/** Texts of which each byte is a token. */
const byteTextShare = 0.25;
/** Of what may be kept, as often all of it. */
const allKeptShare = 0.3;
/** Behind an address stands a small picture at times, and at others a large one. */
const pictureTokens = { small: 85, large: 8_000 };

export function generationOf(seed: number, asked: AskedRequest): Generation {
  const random = randomFor(seed, asked.tag);
  const fault = faultOf(random() * 1_000);
  const max = asked.outputTokensMax ?? unlimitedTokens;
  const wanted = Math.ceil(-Math.log(1 - random()) * usualTokens);
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

/** The same text is as many tokens each time, and a longer one more; what stands behind an address changes. */
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
