// The lines of a certification for a person.
import { paint } from '../../cli/terminal/printer.ts';
import { table } from '../../cli/terminal/table.ts';
import type { CertifiedFinding, CertifiedRow, PrintedCertification } from '../../contract/contract.ts';

const widthMax = 150;

export function certificationLines(found: PrintedCertification): string[] {
  const { counts, rows, compared_with: before, differences } = found;
  return [
    `${found.agent} ${found.version ?? '(version unknown)'}, with the model name ${found.model}`,
    '',
    ...table(
      ['ROW', 'VERDICT', 'THE AGENT', 'MOOSE', 'PROVOKED'],
      rows.map((row) => [row.row, row.verdict, agentText(row), mooseText(row), row.provoked]),
      widthMax,
    ),
    '',
    ...findingLines(rows),
    ...(rows.some(({ findings }) => findings.length > 0) ? [''] : []),
    ...(before === null
      ? []
      : [
          `Compared with ${before.version ?? 'the version before'}, certified at ${before.certified_at}: ${
            differences.length === 0 ? 'no differences.' : ''
          }`.trimEnd(),
          ...differences.map((each) => `  ${each}`),
        ]),
    `${counts.right} right, ${counts.tolerable} tolerable, ${counts.wrong} wrong${
      counts.not_measured > 0 ? `, ${counts.not_measured} not measured` : ''
    }, in ${found.seconds} s.`,
  ];
}

/** The progress of a person who waits. */
export function rowLine({ row, verdict, findings }: CertifiedRow): string {
  const names = findings.map(({ name }) => name).join(', ');
  return `  ${row}: ${verdict}${names === '' ? '' : ` (${names})`}`;
}

/** What was found in several rows is one line. */
function findingLines(rows: readonly CertifiedRow[]): string[] {
  const found = new Map<string, { finding: CertifiedFinding; of: string[] }>();
  for (const { row, findings } of rows) {
    for (const finding of findings) {
      const key = JSON.stringify(finding);
      const known = found.get(key);
      if (known) known.of.push(row);
      else found.set(key, { finding, of: [row] });
    }
  }
  return [...found.values()].map(({ finding: { weight, name, what, remedy }, of }) => {
    const colour = weight === 'wrong' ? 'red' : 'yellow';
    return `${paint(colour, weight)} ${of.join(', ')}: ${name}. ${what}${remedy === null ? '' : ` ${remedy}`}`;
  });
}

const saidWords = {
  success: 'says success',
  failure: 'reports a failure',
  refused: 'refuses',
  nothing: 'says nothing',
} as const;

const stopWords: Readonly<Record<string, string>> = {
  timeout: 'stopped: out of time',
  silent: 'stopped: silent',
  idle: 'stopped: no calls',
  braked: 'stopped: too many calls',
  interrupted: 'interrupted',
  cancelled: 'cancelled',
};

function agentText({ agent }: CertifiedRow): string {
  if (agent.sessions === 0) return 'never began';
  const { stopped_because: stopped, signal, exit_code: code } = agent;
  const ended = signal === null ? `exit ${code ?? '?'}` : signal;
  return [
    stopped === null ? ended : (stopWords[stopped] ?? stopped),
    saidWords[agent.said],
    agent.duration_ms === null ? '' : `${(agent.duration_ms / 1_000).toFixed(1)} s`,
    agent.calls === 1 ? '1 call' : `${agent.calls} calls`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

const decisionWords: Readonly<Record<string, string>> = {
  retry: 'tries again',
  refine: 'tells the agent',
  fall_back: 'next agent or model',
  pause: 'waits',
  compensate: 'undoes, and asks a person',
  escalate: 'asks a person',
};

function mooseText({ moose: { code, decision, status } }: CertifiedRow): string {
  if (code === null) return status;
  const does = decision === null ? '' : `: ${decisionWords[decision] ?? decision}`;
  return status === 'completed' ? `${code}${does}; then completed` : `${code}${does}`;
}
