// Finds values in formats that nearly all tools share. Used only if no rule has read them.
import type { FailureContext } from '../../domain/failure-context.ts';
import type { FailureCase, Verdict } from '../failure-case.ts';
import { codeBeside } from './loose-codes.ts';
import { packageIn } from './loose-packages.ts';
import { addHeading, addJsonFinding, addLineAlone, addPlace } from './loose-places.ts';
import { titlesIn } from './loose-tests.ts';
import { addGroups } from './read-context.ts';

const linesMax = 400;
const titleLinesMax = 4_000;
const lineCharsMax = 400;

/** A line that is only a file name: some checks print nothing else. */
const bareName = /^(?<file>(?:\.{0,2}\/)?[\w@./+-]{1,200}\.\w{1,8})$/;

const systemCode =
  /\b(?:code: ?'|\[?"code": ?"|errno: ?'|error code |Error: (?:[a-z]\w{0,20} )?|\()(?<code>E[A-Z]{3,20}|ERR_[A-Z_]{3,40}|UND_ERR_[A-Z_]{3,40})\b/;
const bareSystemCode =
  /\b(?<code>ECONN[A-Z]{3,8}|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRINUSE|EMFILE|ENFILE|ENOSPC|EACCES|ENOENT|EPROTO|UND_ERR_[A-Z_]{3,40})\b/;
/** Error codes of databases, clouds and package managers. */
const spokenCodes: readonly RegExp[] = [
  systemCode,
  /^ERROR (?<code>\d{4}) \(\w{5}\)(?: at line (?<line>\d{1,6}))?/,
  /\bcode: ?'(?<code>[A-Z0-9]{5}|[A-Z][A-Z0-9_]{3,40})'/,
  /\b(?:OperationalError|IntegrityError|ProgrammingError|InternalError|DatabaseError|InterfaceError|DataError)\W{1,4}\(?(?<code>\d{4})\b/,
  /\bAn error occurred \((?<code>\w{3,60})\) when calling/,
  /\bError: (?<code>P\d{4}): /,
  /\b(?<code>ORA-\d{5}|E1\d{4}|SQLSTATE\[?\w{5})\b/,
  bareSystemCode,
];

/** How runners report that the program they ran has failed. */
const innerEnds: readonly RegExp[] = [
  /\] (?:Error|Fehler|Erreur) (?<exit>\d{1,3})(?: \(ignored\))?$/,
  /\b[Ee]xit(?:ed)?(?: with)?(?: exit)? (?:code|status):? ?(?<exit>\d{1,3})\b/,
  /\bexited (?:with )?\(?(?<exit>\d{1,3})\b/,
  /\b(?:non-zero exit status|return(?:ed)? code|FAIL code|exit value|finished with non-zero exit value)[: ]{1,2}(?<exit>\d{1,3})\b/,
  /^npm (?:error|ERR!) code (?<exit>\d{1,3})$/,
];
const signalName =
  /\b(?<signal>SIG(?:KILL|TERM|INT|HUP|QUIT|SEGV|ABRT|BUS|ILL|FPE|PIPE|ALRM|XCPU|XFSZ|SYS|TRAP|USR1|USR2))\b/;

const ofText = new Set(['compile_error', 'lint_error', 'contract_violation', 'test_fail']);

export function addLoose(
  context: FailureContext,
  is: Verdict,
  { text, at, failure }: { text: string; at: number; failure: FailureCase },
): void {
  const bounded = (part: string, max: number) =>
    part.split('\n', max).map((line) => line.slice(0, lineCharsMax));
  const lines = bounded(text, linesMax);
  // Lines after the match that decided are closer to the cause than lines before it.
  const after = at > 0 ? bounded(text.slice(at), linesMax) : lines;
  addEnds(context, lines, failure);
  if (is.failureClass === 'test_fail' && context.testNames === undefined) {
    const titles = titlesIn(bounded(text, titleLinesMax));
    if (titles.length > 0) context.testNames = titles;
  }
  if (ofText.has(is.failureClass)) {
    addDiagnostic(context, is, { text, lines, after });
    return;
  }
  const hasPlace = is.failureClass === 'dependency_missing' || is.failureClass === 'unknown';
  if (hasPlace && context.file === undefined) addPlace(context, after);
  if (is.failureClass === 'dependency_missing' && context.package === undefined) {
    const name = packageIn(after) ?? packageIn(lines);
    if (name !== undefined) context.package = name;
  }
  if (context.errorCode === undefined && is.failureClass !== 'budget_exceeded') addSpokenCode(context, lines);
}

function addDiagnostic(
  context: FailureContext,
  is: Verdict,
  { text, lines, after }: { text: string; lines: readonly string[]; after: readonly string[] },
): void {
  if (is.failureClass !== 'test_fail' && /^(?:\[? ?\{)?\s{0,8}"\w[\w-]{2,20}": ?/m.test(text.slice(0, 2_000)))
    addJsonFinding(context, text);
  let place: { part: readonly string[]; index: number } | undefined;
  if (context.file === undefined) {
    for (const part of [after, lines]) {
      const index = addPlace(context, part);
      if (index === undefined) continue;
      place = { part, index };
      break;
    }
  } else if (context.line !== undefined) {
    const shown = context.file.split('/').at(-1) ?? context.file;
    const index = after.findIndex((line) => line.includes(shown) && line.includes(String(context.line)));
    if (index >= 0) place = { part: after, index };
  }
  if (is.failureClass === 'lint_error' && context.file === undefined) {
    const found = lines.map((line) => bareName.exec(line)).find(Boolean);
    if (found?.groups) addGroups(context, found.groups);
  }
  if (context.file === undefined) addHeading(context, lines);
  if (context.file !== undefined || is.failureClass === 'lint_error') addLineAlone(context, lines);
  if (is.failureClass !== 'test_fail' && context.errorCode === undefined) {
    const code = codeBeside(place?.part ?? lines, place?.index);
    if (code !== undefined) context.errorCode = code;
  }
}

function addEnds(context: FailureContext, lines: readonly string[], failure: FailureCase): void {
  for (const pattern of context.exitCode === undefined ? innerEnds : []) {
    const found = lines.map((line) => pattern.exec(line)).find(Boolean);
    if (!found?.groups) continue;
    addGroups(context, found.groups);
    break;
  }
  const signal = failure.signal ?? lines.map((line) => signalName.exec(line)?.groups?.signal).find(Boolean);
  if (signal) context.signal ??= signal;
}

function addSpokenCode(context: FailureContext, lines: readonly string[]): void {
  for (const pattern of spokenCodes) {
    const found = lines.map((line) => pattern.exec(line)).find(Boolean);
    if (found?.groups) {
      addGroups(context, found.groups);
      return;
    }
  }
}
