// Finds the titles of failing tests, in formats that many runners share. Used only if no rule has read them.

const titlesMax = 50;
const timing = String.raw`(?: {2,}[\d.]{1,12} ?m?s| \([\d.]{1,12} ?m?s\)| \[[\d.]{1,12} ?m?s\]| [\d.]{1,12} ?ms)?`;

const titles: readonly RegExp[] = [
  /^--- FAIL: (?:[^\s/]{1,150}\/)*(?<test>[^\s/]{1,200}) \(/,
  /^=== FAIL: \S{1,200} (?:[^\s/]{1,150}\/)*(?<test>[^\s/]{1,200}) \(/,
  /^\[FAIL[^\]]{0,200}\] (?<test>\w{1,160})\(/,
  /^Failure in (?:[\w.]{1,200}\.)?(?<test>\w{1,160})$/,
  /^\s{2,6}Test: (?<test>\S.{0,120}?) \.{3} ?FAILED/,
  /^FAIL in (?:\S{1,160}\/)?(?<test>[\w-]{1,160}) \(/,
  /^FAIL in \((?<test>[^)\n]{1,200})\)/,
  /^(?:\[\w{1,8}\] )?- (?<test>\S.{0,200}?) \*{3} FAILED \*{3}/,
  new RegExp(`^\\(fail\\) (?:.{1,200} > )?(?<test>\\S.{0,200}?)${timing}$`),
  /^(?:test )?(?<test>\S.{0,160}?) \.{3,60} ?(?:FAILED|FAIL|ERROR|failed)\b/,
  /^\s{0,8}not ok \d{1,6}(?: -)? (?<test>\S.{0,200}?)(?: # .{0,80})?$/,
  /^(?:FAIL|FAILED|FAILURE|Failed|Failure|✗ FAILED): ?(?<test>[\w$][\w$ .:-]{1,160}?)(?: \(.{0,160}\))?$/,
  new RegExp(`^\\s{0,12}(?:✗|✕|✘|×|⨯|✖|❌|𐄂) (?!\\d+ )(?:.{1,160} > )?(?<test>\\S.{0,200}?)${timing}$`),
  /^\s{0,4}\d{1,4}\) (?:Scenario: |Failure: )?(?<test>\S.{0,200}?)(?: # \S{1,200})?$/,
  /^\s{0,4}\d{1,4}\. +(?:AssertionError|Error|TypeError) {1,4}(?<test>\S.{0,160}?)\s*$/,
  /^(?:\[ERROR\] {1,4})?(?:\w{1,120}\.)?\w{1,120}\.(?<test>[a-z]\w{1,160}):\d{1,6} /,
];

/** The titles found by the first pattern that matches: a runner uses only one format. */
export function titlesIn(lines: readonly string[]): string[] {
  for (const pattern of titles) {
    const found = lines.flatMap((line) => pattern.exec(line)?.groups?.test?.trim().replace(/:$/, '') ?? []);
    if (found.length > 0) return [...new Set(found)].slice(0, titlesMax);
  }
  return markedInTable(lines);
}

/** Titles in rows such as `title | FAIL |`. A suite has such a row too, followed by its number of tests. */
function markedInTable(lines: readonly string[]): string[] {
  const found = lines.flatMap((line, index) => {
    const title = /^(?<test>\S.{0,160}?)\s{1,80}\| FAIL \|$/.exec(line)?.groups?.test;
    return title !== undefined && !/^\d+ tests?, /.test(lines[index + 1] ?? '') ? [title] : [];
  });
  return [...new Set(found)].slice(0, titlesMax);
}
