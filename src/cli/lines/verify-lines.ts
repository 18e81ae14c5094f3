// The verdict of `moose verify`, for a person: what it is, which runs it stands on, and what was found.
import type { PrintedDocument } from '../../contract/contract.ts';
import { paint } from '../terminal/printer.ts';

type Verified = PrintedDocument<'verify'>;

/** What each run shows, after the command. */
const runTexts: Readonly<Record<string, string>> = {
  change: 'on the change',
  base: 'on its base',
  product: 'on the base with the product of the change',
  unknown: 'on the base with all that may be product',
  explained: 'on the base with the product and what it explains',
  again: 'the same once more',
  new: 'on the base with the tests of the change',
  own: "on the change with the base's helpers, data and settings",
  bare: 'on the change without what tells checkers to look away',
  broken: 'on the change with a source that cannot be read',
  'broken-base': 'on the base with a source that cannot be read',
};

export function runText(run: string): string {
  return runTexts[run] ?? 'on the change with a function emptied';
}

export function verifiedLines(verified: Verified): string[] {
  const { verdict, because, runs, findings, base_sha, head_sha, level } = verified;
  const range = `${base_sha.slice(0, 10)}..${head_sha.slice(0, 10)}`;
  const words = {
    verified: paint('green', '✓ verified'),
    not_verified: paint('red', '✗ not verified'),
    not_judged: paint('yellow', '? could not be judged'),
  };
  const refusing = findings.filter(({ weight }) => weight === 'refuses');
  const telling = findings.filter(({ weight }) => weight === 'tells');
  const said = because === null || refusing.length > 0 ? '' : `: ${because}`;
  return [
    `${words[verdict]}${said}`,
    paint(
      'gray',
      `  ${range}, level ${level}, ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} of checks`,
    ),
    ...refusing.map(({ text }) => `  ${paint('red', '✗')} ${text}`),
    ...telling.map(({ text }) => `  ${paint('yellow', '!')} ${text}`),
    ...runs.map(runLine),
  ];
}

/** These show something by failing. */
const mayFail = /^(?:new|broken|emptied-\d+)$/;

function runLine({ command, run, where, passed, duration_ms }: Verified['runs'][number]): string {
  const mark = passed === null ? '?' : passed !== mayFail.test(run) ? '✓' : '✗';
  const ended = passed === null ? 'could not be prepared' : passed ? 'passes' : 'fails';
  const seconds = (duration_ms / 1_000).toFixed(1);
  return paint('gray', `  ${mark} ${command} ${ended} ${where} (${seconds} s)`);
}
