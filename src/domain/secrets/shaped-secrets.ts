// Finds values that look like a real secret of a known service (R-SEC-4), with enough certainty to hold back a change.
// Words like `password=` do not count, and neither do obviously invented values.
import { secretShapes } from './secret-shapes.ts';

export interface ShapedSecret {
  kind: string;
  value: string;
  /** Its position in the text. */
  at: number;
}

/** Kinds whose form is proof enough to refuse a change; the others are only hidden from texts. */
const sureKinds = new Set([
  'anthropic-key',
  'api-key',
  'moose-key',
  'moose-token',
  'github-token',
  'gitlab-token',
  'aws-key',
  'google-key',
  'slack-token',
  'webhook-url',
  'npm-token',
  'token',
]);
/** A private key with key material after its marker: a marker alone is only text about keys. */
const privateKey =
  /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----BEGIN )[\s\S]){0,400}?[A-Za-z0-9+/=]{32}/g;
const keyMaterial = /[A-Za-z0-9+/=]{32,}/;

const madeUp = /example|fake|dummy|placeholder|redacted|changeme|your[-_]?|x{4}|\*{3}|0{6}|123456|abcdef/i;
/** A random value of this length has at least this many different characters. */
const distinctCharsMin = 8;

export function shapedSecretsIn(text: string): ShapedSecret[] {
  const found: ShapedSecret[] = [];
  for (const { kind, pattern, isSecret } of secretShapes) {
    if (!sureKinds.has(kind)) continue;
    for (const match of text.matchAll(pattern)) {
      const [, kept = '', value = ''] = match;
      if (isMadeUp(value) || (isSecret && !isSecret(value, kept))) continue;
      found.push({ kind, value, at: match.index + kept.length });
    }
  }
  for (const match of text.matchAll(privateKey)) {
    const value = keyMaterial.exec(match[0])?.[0] ?? '';
    if (!isMadeUp(value)) found.push({ kind: 'private-key', value, at: match.index });
  }
  return found.sort((one, other) => one.at - other.at);
}

function isMadeUp(value: string): boolean {
  return madeUp.test(value) || new Set(value).size < distinctCharsMin;
}
