// The secret values of this process: read once from its environment, and then searched for in every text.
import { decoded } from '../../stdx/text/decoded.ts';
import { createValueFinder, type ValueFinder, valueCharsMin } from './find-values.ts';

export interface KnownSecret {
  /** The name of the secret's variable: it replaces the secret in texts, and names it in errors. */
  name: string;
  value: string;
}

const secretName =
  /(?:^|_)(?:KEY|APIKEY|TOKEN|SECRET|PASS|PASSWORD|PASSWD|PASSPHRASE|PAT|CREDENTIALS?|WEBHOOK|WEBHOOK_URL|COOKIE|DSN)$|SECRET|PASSWORD|PASSWD|(?:API|ACCESS|PRIVATE|SIGNING|ENCRYPTION)_?KEY|(?:AUTH|ACCESS|API|REFRESH|SESSION|BOT|DEPLOY)_?TOKEN/i;
/** Variables with these endings describe a secret, or say where it is. */
const namesNoSecret =
  /_(?:ID|FILE|PATH|DIR|HOME|SOCK|NAME|USER|USERNAME|HOST|PORT|LIMIT|MAX|MIN|COUNT|TYPE|TTL|TIMEOUT(?:_MS)?|LENGTH|REGION|EXPIRES(?:_AT|_IN)?)$|TOKENS$/i;

/**
 * Whether a value can be searched for as a secret: a plain word, a number, a switch or a path cannot. `isGiven`: a
 * person says that it is a secret, so a value that begins with a slash is not a path.
 */
export function isRecognisable(value: string, { isGiven = false } = {}): boolean {
  if (value.length < valueCharsMin || /^(?:true|false|null|undefined)$/i.test(value)) return false;
  if (/^[A-Za-z]+$/.test(value)) return value.length >= 20;
  const isPath = !isGiven && /^(?:\.{0,2}|~)\//.test(value);
  return !/^[\d.,_-]+$/.test(value) && !isPath && !value.includes('[redacted:');
}

/**
 * Every variable whose name says that it is a secret, and the passwords in the addresses of all others. Values of fewer
 * than eight characters, and plain words, are left out: they would be found in ordinary text.
 */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): KnownSecret[] {
  const secrets: KnownSecret[] = [];
  for (const [name, given] of Object.entries(env)) {
    const value = given?.trim() ?? '';
    const inAddress = passwordsIn(value);
    const isWhole = secretName.test(name) && !namesNoSecret.test(name) && !isPlainAddress(name, value);
    for (const secret of isWhole ? [value, ...inAddress] : inAddress)
      if (isRecognisable(secret)) secrets.push({ name, value: secret });
  }
  return secrets;
}

/** A webhook's address is a secret as a whole; in other addresses only the password is. */
function isPlainAddress(name: string, value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) && !/WEBHOOK/i.test(name);
}

function passwordsIn(value: string): string[] {
  const [, inside] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s:]*:)?([^/\s]+)@/i.exec(value) ?? [];
  if (inside === undefined) return [];
  return [...new Set([inside, decoded(inside)])];
}

const known = new Map<string, string>();
let finder: ValueFinder = createValueFinder(known);

/** From now on, these secrets are replaced in every text, even in encoded form, until the process ends. */
export function rememberSecrets(
  secrets: readonly KnownSecret[],
  { isGiven = false }: { isGiven?: boolean } = {},
): void {
  const before = known.size;
  for (const { name, value } of secrets) {
    if (!isRecognisable(value, { isGiven })) continue;
    for (const form of formsOf(value))
      if (form.length >= valueCharsMin && !known.has(form)) known.set(form, name);
  }
  if (known.size > before) finder = createValueFinder(known);
}

export function knownSecrets(): ValueFinder {
  return finder;
}

/** A line of a multi-line secret counts as a secret from this length; a shorter one if it looks like no text. */
const lineCharsMin = 24;
const denseCharsMin = 10;

/** The first and the last line of every key are the same, and tell where an unknown key is. */
const fence = /^-----(?:BEGIN|END) [^-]*-----$/;

function formsOf(value: string): Set<string> {
  const bytes = Buffer.from(value);
  const forms = [
    value,
    JSON.stringify(value).slice(1, -1),
    JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    new URLSearchParams({ v: value }).toString().slice(2),
    bytes.toString('hex'),
    // The form in which git's output is searched, byte by byte.
    bytes.toString('latin1'),
    ...base64Of(bytes),
    ...transformsOf(value, bytes),
  ];
  const lines = value.split(/\r?\n/);
  if (lines.length > 1) forms.push(...lines.flatMap((line) => partsOf(line.trim())));
  return new Set(forms);
}

/**
 * What a program prints that takes a value apart, or hides it from a search for the value. Nobody can list all of these: what
 * a check knows, the agent that wrote its tests may learn.
 */
function transformsOf(value: string, bytes: Buffer): string[] {
  const chars = [...value];
  const hex = bytes.toString('hex');
  const pairs = hex.match(/../g) ?? [];
  const codes = [...bytes].map(String);
  const separators = [' ', '-', '.', '_', ',', ', ', '|', '\n'];
  return [
    chars.toReversed().join(''),
    value.toLowerCase(),
    value.toUpperCase(),
    value.replace(/[a-z]/gi, rotated),
    hex.toUpperCase(),
    ...base64Of(Buffer.from(bytes.toString('base64'))),
    ...base64Of(Buffer.from(chars.toReversed().join(''))),
    ...separators.flatMap((each) => [chars, pairs, codes].map((parts) => parts.join(each))),
    chars.map((each) => JSON.stringify(each)).join(','),
    chars.map((each) => `'${each}'`).join(', '),
    pairs.map((each) => `0x${each}`).join(', '),
    pairs.map((each) => `\\x${each}`).join(''),
  ];
}

/** ROT13. */
function rotated(letter: string): string {
  const base = letter < 'a' ? 65 : 97;
  return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
}

/** A line, and what it assigns, as in `password = …`. */
function partsOf(line: string): string[] {
  if (fence.test(line)) return [];
  const [, given = ''] = /^[\w."'-]{1,64}\s*[:=]\s*["']?([^"']*)/.exec(line) ?? [];
  const isDense = (text: string) =>
    text.length >= denseCharsMin && /^\S+$/.test(text) && /\d/.test(text) && /[A-Za-z]/.test(text);
  return [line, given].filter((text) => text.length >= lineCharsMin || isDense(text));
}

const bytesPerGroup = 3;
const charsPerGroup = 4;
/** The shortest Base64 that is searched for: a shorter one says too little about its content. */
const base64CharsMin = 12;

/** The part of the Base64 that is the same whatever bytes come before, such as `user:`; in both alphabets. */
function base64Of(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes]);
    const whole = all.subarray(0, all.length - (all.length % bytesPerGroup));
    const from = before === 0 ? 0 : charsPerGroup;
    const encoded = whole.toString('base64').slice(from);
    return encoded.length < base64CharsMin
      ? []
      : [encoded, encoded.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
