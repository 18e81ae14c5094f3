// Where no rule knows the words: what the command was for still says which class its failure has.
import type { FailureCase, Purpose, Verdict } from './failure-case.ts';
import {
  brokenContract,
  failedTest,
  lintFinding,
  machinery,
  missing,
  refusedText,
  registryAway,
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

/** Words of a remote party, or of a lock, that is only away or busy. */
const passing =
  /refused|unreachable|no listener|transport failure|timed? ?out|temporar|try again|retry|request rate|too many (?:requests|connections)|throttl|rate exceeded|unavailable|reset by peer|is in progress|another .{1,40} is (?:already )?(?:running|in progress)|overloaded|busy|shutting down|starting up|broken pipe|connection (?:closed|lost|reset|failed)|could not connect|can(?:not|'t) connect/i;
const passingPurposes: Partial<Record<Purpose, Verdict>> = {
  git: machinery.passing,
  forge: remote.passing,
  provider: remote.passing,
  database: machinery.passing,
  host: machinery.passing,
  install: registryAway,
};

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
  // The difference itself is the answer.
  if (/^diff --git /.test(text) && !/^(?:fatal|error): /m.test(text)) {
    return { id: 'unknown.differs', is: unexplained.crash, confidence: 0.6 };
  }
  // A program of its own under a provider's name has crashed by itself.
  if (purpose === 'provider' && failure.component !== 'agent' && !/error|fail/i.test(text)) {
    return { id: 'unknown.words', is: unexplained.crash, confidence: 0.3 };
  }
  const whenPassing = passingPurposes[purpose];
  if (whenPassing && passing.test(text)) {
    return { id: `purpose.${purpose}-passing`, is: whenPassing, confidence: 0.5 };
  }
  return { id: `purpose.${purpose}`, is: ofPurpose[purpose], confidence: isSilent ? 0.4 : 0.5 };
}
