// A verdict as SARIF 2.1.0, which forges show beside the lines of a change
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
import type { PrintedDocument } from '../../contract/contract.ts';
import { findingKinds } from '../../domain/work-order/finding.ts';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const failedCheck = 'check_failed';

export function sarifOf(verified: PrintedDocument<'verify'>, version: string): object {
  const { verdict, because, findings, checks } = verified;
  const failed = checks
    .filter(({ passed, red_before }) => !passed && red_before === null)
    .map(({ command }) => ({
      ruleId: failedCheck,
      level: verdict === 'not_verified' ? 'error' : 'note',
      message: { text: because ?? `\`${command}\` failed.` },
      locations: [],
    }));
  const results = findings.map(({ weight, kind, text, files }) => ({
    ruleId: kind,
    level: weight === 'refuses' ? 'error' : 'note',
    message: { text },
    locations: files.map((path) => ({
      physicalLocation: {
        artifactLocation: { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
        // A finding is about the file; forges show nothing without a line.
        region: { startLine: 1 },
      },
    })),
  }));
  const all = [...failed, ...results];
  const rules = [...new Set(all.map(({ ruleId }) => ruleId))].map((id) => ({
    id,
    shortDescription: { text: meaningOf(id) },
  }));
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Moose', version, rules } },
        invocations: [{ executionSuccessful: verdict !== 'not_judged' }],
        results: all,
        properties: { verdict, because, base: verified.base_sha, head: verified.head_sha },
      },
    ],
  };
}

const meaningOf = (id: string) =>
  id in findingKinds ? findingKinds[id as keyof typeof findingKinds].means : 'a check of the project fails';
