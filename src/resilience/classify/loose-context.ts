// Values that stand in nearly every tool's output in the same shape; read only where no rule has named them.
import type { FailureContext, Verdict } from './failure-case.ts';
import { isCodeFrame } from './masked-text.ts';
import { addGroups } from './read-context.ts';

const linesMax = 400;
const lineCharsMax = 400;

const places: readonly RegExp[] = [
  /(?:^|[\s("'`=])(?<file>(?:[A-Za-z]:)?[\w@./\\+-]{0,200}[\w-]\.[A-Za-z]\w{0,9})[:(](?<line>\d{1,6})(?:[:,.](?<column>\d{1,5}))?/,
  /File "(?<file>[^"<\n]{1,300})", line (?<line>\d{1,6})/,
  /(?:^|\s)(?<file>[\w@./\\+-]{1,200}\.\w{1,9})[,:]? (?:on |at )?line (?<line>\d{1,6})(?:,? col(?:umn)?\.? (?<column>\d{1,5}))?/i,
];
/** A gate that prints nothing but the names of the files. */
const bareName = /^(?<file>(?:\.{0,2}\/)?[\w@./+-]{1,200}\.\w{1,8})$/;
/** Frames of what is not the project's own. */
const foreign =
  /node_modules|node:|\binternal\/|\/usr\/lib|\/usr\/share|\/usr\/local\/lib|\/opt\/|site-packages|dist-packages|\.cargo\/|\/rustc\/|https?:|\/vendor\/|<frozen|\.npm\/_logs/;

const systemCode =
  /\b(?:code: ?'|\[?"code": ?"|errno: ?'|error code |Error: (?:[a-z]\w{0,20} )?|\()(?<code>E[A-Z]{3,20}|ERR_[A-Z_]{3,40}|UND_ERR_[A-Z_]{3,40})\b/;
const bareSystemCode =
  /\b(?<code>ECONN[A-Z]{3,8}|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRINUSE|EMFILE|ENFILE|ENOSPC|EACCES|ENOENT|EPROTO|UND_ERR_[A-Z_]{3,40})\b/;

export function addLoose(context: FailureContext, is: Verdict, { text }: { text: string }): void {
  const lines = text.split('\n', linesMax).map((line) => line.slice(0, lineCharsMax));
  const isOfText = ['compile_error', 'lint_error', 'contract_violation', 'test_fail'].includes(
    is.failureClass,
  );
  if (isOfText && context.file === undefined) addPlace(context, lines, places);
  if (is.failureClass === 'lint_error' && context.file === undefined) addPlace(context, lines, [bareName]);
  if (!isOfText && context.errorCode === undefined && is.failureClass !== 'budget_exceeded') {
    for (const pattern of [systemCode, bareSystemCode]) {
      const found = lines.map((line) => pattern.exec(line)).find(Boolean);
      if (found?.groups) {
        addGroups(context, found.groups);
        return;
      }
    }
  }
}

function addPlace(context: FailureContext, lines: readonly string[], patterns: readonly RegExp[]): void {
  for (const pattern of patterns) {
    for (const line of lines) {
      if (foreign.test(line) || isCodeFrame(line)) continue;
      const groups = pattern.exec(line)?.groups;
      if (groups) {
        addGroups(context, groups);
        return;
      }
    }
  }
}
