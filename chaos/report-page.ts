// The report as one self-contained HTML page. All text is escaped, because it may quote process output.
import type { PrintedChaosReport } from '../src/contract/contract.ts';
import { figures } from './judge/judge.ts';

const style = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c2024;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;padding:.3rem .7rem;border-bottom:1px solid #d9dde2}
.none{color:#18794e}.some{color:#b42318}code{font-size:.9em}
@media(prefers-color-scheme:dark){body{background:#15181c;color:#e6e9ec}th,td{border-color:#333a42}.none{color:#3dd68c}.some{color:#ff9592}}`;

export function pageOf(report: PrintedChaosReport): string {
  const { seed, seconds, groups, classes, rounds, faults, transient } = report;
  const found = figures.map((figure) => {
    const all = report.figures[figure];
    const items = all.map(
      ({ id, what, scenario, rows }) =>
        `<li>${safe(what)}${scenario ? ` (${safe(scenario)})` : ''} <code>${safe(id)}</code>${rowsOf(rows)}</li>`,
    );
    const count = all.length === 0 ? '<b class="none">none</b>' : `<b class="some">${all.length}</b>`;
    return `<li>${figure}: ${count}${items.length > 0 ? `<ul>${items.join('')}</ul>` : ''}</li>`;
  });
  const groupRows = groups.map((one) => [
    ...[one.group, one.injected, one.recovered, one.escalated, one.not_ended, one.skipped],
    ...[timesOf(one.detection_ms), timesOf(one.recovery_ms)],
  ]);
  const classRows = classes.map((one) => [
    ...[one.failure_class, one.failures, one.recovered, one.escalated],
    ...[secondsOf(one.detection_ms), secondsOf(one.recovery_ms)],
  ]);
  const roundRows = rounds.map((one) => [
    ...[
      one.lane === null ? one.number : `${one.lane}: ${one.number}`,
      one.scenario,
      one.group,
      one.outcome.replace('_', ' '),
      one.because ?? '',
    ],
    ...[secondsOf(one.detected_ms), secondsOf(one.recovered_ms)],
    one.work_orders
      .map(({ title, status, asked }) => [`${title}: ${status}`, ...asked].join(' – '))
      .join(', '),
  ]);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Chaos, seed ${seed}</title><style>${style}</style></head><body>
<h1>Chaos, seed ${seed}</h1>
<p>${faults.injected} faults of ${faults.scenarios} scenarios hit something, in ${seconds} s. ${transient.recovered} of ${transient.injected} transient faults recovered without a person.</p>
<ul>${found.join('\n')}</ul>
<h2>By cause</h2>
${tableOf(['cause', 'injected', 'recovered', 'escalated', 'not ended', 'skipped', 'detection', 'recovery'], groupRows)}
<p>Times: mean / 95th percentile.</p>
<h2>By failure class</h2>
${tableOf(['class', 'failures', 'recovered', 'questions', 'detection', 'recovery'], classRows)}
<p>Times: mean.</p>
<h2>Rounds</h2>
${tableOf(['round', 'scenario', 'cause', 'outcome', 'because', 'detected', 'recovered', 'work orders'], roundRows)}
</body></html>
`;
}

function tableOf(header: readonly string[], rows: ReadonlyArray<ReadonlyArray<string | number>>): string {
  const line = (cells: ReadonlyArray<string | number>, tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${safe(String(cell))}</${tag}>`).join('')}</tr>`;
  return `<table>${line(header, 'th')}\n${rows.map((cells) => line(cells, 'td')).join('\n')}</table>`;
}

function rowsOf(rows: readonly string[] | undefined): string {
  if (rows === undefined) return '';
  return `<details><summary>${rows.length} rows</summary><pre>${safe(rows.join('\n'))}</pre></details>`;
}

const secondsOf = (ms: number | null) => (ms === null ? '–' : `${(ms / 1_000).toFixed(1)} s`);
const timesOf = (spread: { mean: number; p95: number } | null) =>
  spread === null ? '–' : `${secondsOf(spread.mean)} / ${secondsOf(spread.p95)}`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function safe(text: string): string {
  return text.replace(/[&<>"']/g, (one) => entities[one] ?? one);
}
