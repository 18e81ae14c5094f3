// What shows that a change is green by itself, and how people read it: one list of sentences for every interface.
import { z } from 'zod';
import { counted } from '../text/counted.ts';
import type { CheckKind } from './check.ts';
import type { Finding } from './finding.ts';
import { type CheckedTogether, togetherSentence } from './together.ts';
import type { VerifyLevel } from './verify-level.ts';

export const provedNamesMax = 20;

/** What the extra runs of one check have shown; it is stored with the verdict. */
export const checkProofSchema = z.object({
  command: z.string(),
  /** Tests that passed on the change; null if the runner does not tell. */
  passed: z.number().int().nullable(),
  /**
   * The check with the tests and settings of the base: `green`, or green with those of the change that are explained. Null:
   * the change alters none, or it did not run.
   */
  base: z.enum(['green', 'explained']).nullable(),
  /** Tests that pass on the change and fail without it, at most 20 names. */
  redWithout: z.array(z.string()),
  redWithoutTotal: z.number().int(),
  /** The run of the tests of the change without the change was red, whether its runner names tests or not. */
  isRedWithout: z.boolean(),
  /** Functions of the change with whose emptied body the check was red. */
  noticed: z.number().int(),
});
export type CheckProof = z.infer<typeof checkProofSchema>;

/** `good`: it speaks for the change. `bad`: it speaks against it. `note`: people read it, and decide. */
export interface ProofLine {
  mark: 'good' | 'bad' | 'note';
  text: string;
}

export interface ProofFacts {
  /** Null: the change has not been judged. */
  isVerified: boolean | null;
  because: string | null;
  level: VerifyLevel | null;
  baseBranch: string;
  /** Of the newest round. */
  checks: ReadonlyArray<{ kind: CheckKind; command: string; passed: boolean; redBefore?: readonly string[] }>;
  proof: readonly CheckProof[];
  findings: readonly Finding[];
  together: CheckedTogether | undefined;
  /** Why earlier attempts at the change were refused, oldest first. */
  refused: readonly string[];
}

export function proofLines(facts: ProofFacts): ProofLine[] {
  const { isVerified, because, findings, refused } = facts;
  if (isVerified === null) return refusedLines(refused);
  const told = findings.filter(({ weight }) => weight === 'tells');
  const refusing = findings.filter(({ weight }) => weight === 'refuses');
  const isSaid = refusing.some(({ text }) => text === because);
  return [
    ...(isVerified || because === null || isSaid ? [] : [line('bad', sentence(because))]),
    ...refusing.map(({ text }) => line('bad', text)),
    ...facts.checks.filter(({ kind }) => kind !== 'setup').map((check) => checkLine(check, facts)),
    ...(isVerified ? shownLines(facts) : []),
    ...togetherLines(facts.together),
    ...told.map(({ text }) => line('note', text)),
    ...refusedLines(refused),
  ];
}

const line = (mark: ProofLine['mark'], text: string): ProofLine => ({ mark, text });

function checkLine(
  { command, passed, redBefore }: ProofFacts['checks'][number],
  { proof }: ProofFacts,
): ProofLine {
  const tests = proof.find((each) => each.command === command)?.passed ?? null;
  if (passed)
    return line('good', `\`${command}\` passes${tests === null ? '' : `: ${counted(tests, 'test')}`}.`);
  return redBefore === undefined
    ? line('bad', `\`${command}\` fails.`)
    : line('note', `\`${command}\` fails without the change too, so it does not count against it.`);
}

/** What the extra runs have shown; the exit codes alone show none of it. */
function shownLines({ proof, level, baseBranch }: ProofFacts): ProofLine[] {
  if (level === 'checks-only')
    return [line('note', 'Only exit codes decided (checks-only): no check ran again.')];
  const names = proof.flatMap(({ redWithout }) => redWithout);
  const total = proof.reduce((sum, { redWithoutTotal }) => sum + redWithoutTotal, 0);
  const noticed = proof.reduce((sum, each) => sum + each.noticed, 0);
  const kept = proof.filter(({ base }) => base !== null);
  const isExplained = kept.some(({ base }) => base === 'explained');
  return [
    ...(kept.length === 0
      ? []
      : [
          line(
            'good',
            `The tests and settings of ${baseBranch} pass on it${isExplained ? ', except those that follow the change' : ''}.`,
          ),
        ]),
    ...(proof.some(({ isRedWithout }) => isRedWithout) ? [line('good', redWithoutWords(names, total))] : []),
    ...(noticed === 0
      ? []
      : [
          line(
            'good',
            `A test fails when ${noticed === 1 ? 'a function' : `each of ${noticed} functions`} of the change is emptied.`,
          ),
        ]),
  ];
}

const namesShownMax = 3;

function redWithoutWords(names: readonly string[], total: number): string {
  const shown = names.slice(0, namesShownMax).map((name) => `"${name}"`);
  if (total === 0) return 'Its tests fail without the change.';
  if (total === 1) return `The test ${shown[0] ?? ''} fails without the change.`;
  const more = total - shown.length;
  return `${total} tests fail without the change: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function togetherLines(together: CheckedTogether | undefined): ProofLine[] {
  const said = togetherSentence(together);
  return said === '' ? [] : [line(together?.because === null ? 'good' : 'note', said)];
}

const refusedShownMax = 3;

function refusedLines(refused: readonly string[]): ProofLine[] {
  if (refused.length === 0) return [];
  const reasons = [...new Set(refused)].slice(-refusedShownMax).map((text) => text.replace(/\.$/, ''));
  const times = refused.length === 1 ? 'once' : refused.length === 2 ? 'twice' : `${refused.length} times`;
  return [line('note', `Refused ${times} before: ${reasons.join('; ')}.`)];
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
