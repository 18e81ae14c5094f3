// Finds the place that a diagnostic points to, in formats that many tools share. Used only if no rule has read a place.
import type { FailureContext } from '../../domain/failure-context.ts';
import { isCodeFrame } from '../output/masked-text.ts';
import { addGroups } from './read-context.ts';

const places: readonly RegExp[] = [
  // ::error title=Ruff (B006),file=a.py,line=9,col=27::message; in any order
  /^::(?:error|warning|notice) (?=.{0,300}?\bfile=(?<file>[^,:\n]{1,250}))(?:(?=.{0,400}?\bline=(?<line>\d{1,6}))|)(?:(?=.{0,400}?\bcol(?:umn)?=(?<column>\d{1,5}))|)/,
  // a.c:1:2, a.c(1,2), a.nim(1, 2), a.vala:1.2-1.4
  /(?:^|[\s("'`=[])(?<file>(?:[A-Za-z]:)?[\w@./\\+-]{0,200}[\w-]\.[A-Za-z]\w{0,9})[:(](?<line>\d{1,6})(?:(?:[:.]|, ?)(?<column>\d{1,5}))?/,
  /(?:^|[\s(])(?<file>(?:[\w@./+-]{0,160}\/)?(?:Docker|Container|Make|Gem|Rake|Vagrant|Just|Proc|Pip|Pod|Brew|Jenkins)file):(?<line>\d{1,6})(?::(?<column>\d{1,5}))?\b/,
  /File "(?<file>[^"<\n]{1,300})", line (?<line>\d{1,6})/,
  // a.c on line 1, column 2; a.c: line 1, col 2; (file "a.tcl" line 2)
  /(?:^|[\s("'`])(?<file>[\w@./\\+-]{1,200}\.\w{1,9})["'`]?[,:]? (?:on |at |in )?(?:line |L|Zeile |ligne |línea |linea |linha |linia |riga |satır |regel |rad |řádek |строка |рядок |행 |行 ?)(?<line>\d{1,6})(?:[,:]? (?:col(?:umn)?\.?|char(?:acter)?s?) (?<column>\d{1,5}))?/i,
  /^(?<file>[\w@./\\+-]{1,200}\.[A-Za-z]\w{0,7})\s{1,20}(?<line>\d{1,6}): \S/,
  // a.dart 9:5, a.scss 1:13
  /(?:^|\s)(?<file>[\w@./\\+-]{1,200}[\w-]\.[A-Za-z]\w{0,9}) (?<line>\d{1,6}):(?<column>\d{1,5})\b/,
  // a.toml: Unexpected character at line 1 col 12
  /(?:^|[\s("'`])(?<file>[\w@./\\+-]{1,200}\.\w{1,9})["'`]?: .{1,120}?\bat line (?<line>\d{1,6})[, ]{1,2}(?:and )?col(?:umn)? (?<column>\d{1,5})/,
  // At Cart.java:[line 18]
  /(?:^|[\s("'`])(?<file>[\w@./\\+-]{1,200}\.\w{1,9}):\[(?:line )?(?<line>\d{1,6})(?:,(?<column>\d{1,5}))?\]/,
];
const lineAlone =
  /(?:^|\s)(?:on |at )?line (?<line>\d{1,6})(?:,? col(?:umn)? (?<column>\d{1,5}))?\b|^\s*L:? {0,3}(?<line2>\d{1,6}) \|(?: P: {0,3}(?<column2>\d{1,5}) \|)?/i;
/** A file name on a line above its findings, in a heading, or at the beginning of a diff. */
const headings: readonly RegExp[] = [
  /^(?:== \[|\s{0,4}|\+{3} (?:b\/)?)(?<file>(?:\.{0,2}\/)?[\w@./+-]{1,200}\.[A-Za-z]\w{0,7})(?:\]|:|\t|\s|$)/,
  /(?:^|\s)["'`]?(?<file>(?:\.{0,2}\/)?[\w@./+-]{1,200}\/[\w@.+-]{1,80}\.[A-Za-z]\w{0,7})["'`]?(?:[:,]?\s|$)/,
  /(?:parsing|in|of|from|file|manifest|configuration) ["'`]?(?<file>(?:\.{0,2}\/)?[\w@./+-]{0,200}(?:\.(?:json|ya?ml|toml|xml|ini|cfg|lock|txt|conf|gradle|kts)|(?:Gem|Pip|Make|Docker|Rake|Vagrant)file))\b/,
];
/** Findings in a JSON report. */
const jsonPlace: readonly RegExp[] = [
  /"(?:path|file|filePath|filename|file_path|file_name|fileName|uri|location)": ?"(?<file>[^"\n]{1,250}\.\w{1,8})"/,
  /"(?:line|row|lineNumber|line_number|start_line|startLine|beginLine)": ?(?<line>\d{1,6})\b/,
  /"(?:column|col|columnNumber|column_number|startColumn|start_column|character)": ?(?<column>\d{1,5})\b/,
  /"(?:ruleId|rule_id|rule|message-id|check_id|code|check_name|test_id|cop_name)": ?"(?<code>[\w@./:-]{2,80})"/,
];
/** Stack frames that are not in the project's own code, and Surefire's summary, which names tests like files. */
const foreign =
  /node_modules|node:|\binternal\/|\/usr\/lib|\/usr\/share|\/usr\/local\/lib|\/opt\/|site-packages|dist-packages|\.cargo\/|\/rustc\/|https?:|\/vendor\/|\/gems\/|<frozen|\.npm\/_logs|ice-9\/|org\.(?:junit|opentest4j|gradle)|\.log\b|\blib\/python\d|^\[ERROR\] {3}(?:Run \d{1,3}: )?[A-Z][\w$.>]{1,200}:\d/;

const address = /https?:\/\/\S{1,300}/g;

/**
 * Adds the place to the context. Returns the index of the line on which it was found, so that the caller can read more
 * from there.
 */
export function addPlace(context: FailureContext, lines: readonly string[]): number | undefined {
  for (const pattern of places) {
    for (const [index, line] of lines.entries()) {
      if (foreign.test(line) || isCodeFrame(line)) continue;
      const groups = pattern.exec(line)?.groups;
      if (!groups) continue;
      addGroups(context, groups);
      if (context.file !== undefined) return index;
    }
  }
  return undefined;
}

/** Whether a line names a place in the project's own files. */
export function hasPlace(line: string): boolean {
  return !foreign.test(line) && places.some((pattern) => pattern.test(line));
}

export function addHeading(context: FailureContext, lines: readonly string[]): void {
  for (const pattern of headings) {
    for (const whole of lines) {
      const line = whole.replace(address, '');
      if (foreign.test(line) || isCodeFrame(line)) continue;
      const groups = pattern.exec(line)?.groups;
      if (!groups) continue;
      addGroups(context, groups);
      addLineAlone(context, lines);
      return;
    }
  }
}

export function addLineAlone(context: FailureContext, lines: readonly string[]): void {
  if (context.line !== undefined) return;
  const found = lines.map((line) => (foreign.test(line) ? null : lineAlone.exec(line))).find(Boolean);
  if (found?.groups) addGroups(context, found.groups);
}

export function addJsonFinding(context: FailureContext, text: string): void {
  const found = Object.assign({}, ...jsonPlace.map((pattern) => ({ ...pattern.exec(text)?.groups })));
  addGroups(context, found);
}
