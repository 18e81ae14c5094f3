// Chooses the failure class from the purpose of the command if no rule matches the output.
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

/** For these purposes, an empty output says nothing about the failure. */
const needsWords = new Set<Purpose>(['git', 'forge', 'provider', 'database', 'host', 'compile', 'install']);

/** Messages which say that a remote service or a lock is temporarily unavailable. */
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
  // The output is a diff, as from `git diff --exit-code`, and not an error message.
  if (/^diff --git /.test(text) && !/^(?:fatal|error): /m.test(text)) {
    return { id: 'unknown.differs', is: unexplained.crash, confidence: 0.6 };
  }
  // Not the provider's failure: a program that only has a provider's name in its command crashed.
  if (purpose === 'provider' && failure.component !== 'agent' && !/error|fail/i.test(text)) {
    return { id: 'unknown.words', is: unexplained.crash, confidence: 0.3 };
  }
  const whenPassing = passingPurposes[purpose];
  if (whenPassing && passing.test(text)) {
    return { id: `purpose.${purpose}-passing`, is: whenPassing, confidence: 0.5 };
  }
  return { id: `purpose.${purpose}`, is: ofPurpose[purpose], confidence: isSilent ? 0.4 : 0.5 };
}
