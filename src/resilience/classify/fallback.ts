// Where no rule knows the words: what the command was for still says which class its failure has.
import type { FailureCase, Purpose, Verdict } from './failure-case.ts';
import {
  brokenContract,
  failedTest,
  lintFinding,
  machinery,
  missing,
  refusedText,
  remote,
  unexplained,
} from './verdicts.ts';

const ofPurpose: Record<Purpose, Verdict> = {
  install: missing,
  compile: refusedText,
  contract: brokenContract,
  test: failedTest,
  lint: lintFinding,
  git: machinery.refused,
  forge: remote.settings,
  provider: remote.refused,
  database: machinery.refused,
  host: machinery.settings,
};

/** Of these, silence says nothing: only a tool that speaks has found something. */
const needsWords = new Set<Purpose>(['git', 'forge', 'provider', 'database', 'host', 'compile', 'install']);

export function fallbackOf({
  failure,
  text,
  purpose,
}: {
  failure: FailureCase;
  text: string;
  purpose: Purpose | undefined;
}): { id: string; is: Verdict; confidence: number } {
  const isSilent = text.trim() === '';
  if (purpose === undefined || (isSilent && needsWords.has(purpose))) {
    return { id: isSilent ? 'unknown.silent' : 'unknown.words', is: unexplained.crash, confidence: 0.3 };
  }
  // A program of its own under a provider's name has crashed by itself.
  if (purpose === 'provider' && failure.component !== 'agent' && !/error|fail/i.test(text)) {
    return { id: 'unknown.words', is: unexplained.crash, confidence: 0.3 };
  }
  return { id: `purpose.${purpose}`, is: ofPurpose[purpose], confidence: isSilent ? 0.4 : 0.5 };
}
