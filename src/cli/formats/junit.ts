// A verdict as the XML that JUnit's readers know: one test case for each check, and one for what was found
// (https://github.com/testmoapp/junitxml).
import type { PrintedDocument } from '../../contract/contract.ts';

export function junitOf({ checks, findings, verdict, because }: PrintedDocument<'verify'>): string {
  const ofChecks = checks.map(({ kind, command, passed, red_before, duration_ms, output_tail }) => {
    const inner = passed
      ? []
      : red_before === null
        ? [`<failure message="${escaped(because ?? 'failed')}">${escaped(output_tail)}</failure>`]
        : ['<skipped message="it fails without the change too"/>'];
    return testCase(`${kind}: ${command}`, duration_ms / 1_000, inner);
  });
  const refusing = findings.filter(({ weight }) => weight === 'refuses');
  const inner = refusing.map(
    ({ kind, text }) => `<failure type="${kind}" message="${escaped(text)}">${escaped(text)}</failure>`,
  );
  const isMute = verdict === 'not_judged';
  const judged = testCase('the change is green by its product', 0, [
    ...inner,
    ...(isMute ? [`<skipped message="${escaped(because ?? '')}"/>`] : []),
  ]);
  const failures = checks.filter(({ passed, red_before }) => !passed && red_before === null).length;
  const skipped = checks.filter(({ passed, red_before }) => !passed && red_before !== null).length;
  const counts = [
    `tests="${checks.length + 1}"`,
    `failures="${failures + (refusing.length > 0 ? 1 : 0)}"`,
    `skipped="${skipped + (isMute ? 1 : 0)}"`,
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="moose verify"><testsuite name="moose verify" ${counts.join(' ')}>`,
    ...ofChecks,
    judged,
    '</testsuite></testsuites>',
    '',
  ].join('\n');
}

const testCase = (name: string, seconds: number, inner: readonly string[]) =>
  `<testcase classname="moose.verify" name="${escaped(name)}" time="${seconds.toFixed(3)}">${inner.join('')}</testcase>`;

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML allows no control characters but these three. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, '')
    .replace(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}
