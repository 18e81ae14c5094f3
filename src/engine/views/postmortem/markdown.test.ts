import { expect, test } from 'vitest';
import type { Account } from './account.ts';
import { postmortemMarkdown } from './markdown.ts';

const hostile = [
  '# Owned\n\n[link](https://evil.example) <script>alert(1)</script> @ada',
  '`` ` ```js\n```\n# out',
  '\u001b[2J\u202egnp.exe fixes #1',
  '| a | b |\n|---|---|',
  'Ask @ada at www.evil.example: fixes #1',
  '',
];

const accountOf = (text: string): Account => ({
  work_order_id: '0198f3b0-0000-7000-8000-000000000001',
  title: text,
  project: text,
  end: 'needs_review',
  status: 'needs_review',
  summary: `It ended: ${text}`,
  submitted_at: '2026-03-10T12:00:00.000Z',
  ended_at: '2026-03-10T13:00:00.000Z',
  first_cause: { error_id: null, at: null, code: 'CHECK_FAILED', message: text },
  tried: [
    {
      run: 1,
      cycle: 0,
      step: 'verifying',
      state: 'sent_back',
      what: text,
      duration_ms: 61_000,
      cost_usd: 0.5,
    },
  ],
  cost: {
    total_usd: 1,
    wasted_usd: 1,
    model_calls: 2,
    agent_runs: 1,
    refinement_cycles: 1,
    elapsed_ms: 3_600_000,
  },
  failures: [
    {
      id: '0198f3b0-0000-7000-8000-000000000002',
      at: '2026-03-10T12:30:00.000Z',
      code: text,
      message: text,
      advice: text,
      failure_class: 'test_fail',
      category: 'permanent',
      step: 'verifying',
      recovered: false,
      decided: { act: 'refine', because: text, policy: { row: 3, does: text, because: text } },
      system: {
        machine: { host: text, load_per_core: 3.5, memory_free_share: 0.05 },
        circuits: [{ key: text, phase: 'open', code: text }],
        degraded: [{ feature: text, because: text }],
      },
    },
  ],
  timeline: [{ at: '2026-03-10T12:30:00.000Z', kind: 'x', actor: text, what: text }],
  left_out: { failures: 3, timeline: 4 },
  left_behind: [{ kind: 'branch', what: text }],
  prevention: [{ what: `Do: ${text}`, because: 'Run `moose doctor`.' }],
});

/** Removes code spans as CommonMark reads them: a run of backticks up to the next run of the same length. */
function outsideOfCode(text: string): string {
  let rest = text.replaceAll(/\\[\\`]/g, '');
  let kept = '';
  for (let open = /`+/.exec(rest); open; open = /`+/.exec(rest)) {
    const [fence] = open;
    const after = rest.slice(open.index + fence.length);
    const close = [...after.matchAll(/`+/g)].find(([run]) => run.length === fence.length);
    kept += rest.slice(0, open.index);
    if (!close) return `${kept}UNCLOSED${after}`;
    rest = after.slice(close.index + fence.length);
  }
  return kept + rest;
}

test.each(hostile)('R-ESC-8: hostile text in a post-mortem is not read as Markdown or HTML: %j', (text) => {
  const markdown = postmortemMarkdown(accountOf(text));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
  expect(markdown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  for (const line of markdown.split('\n')) {
    const outside = outsideOfCode(line);
    expect(outside, line).not.toMatch(/UNCLOSED|(?<!\\)[<@[]|@\w|www\.|fixes \\#|alert\(|evil\.example\)/);
  }
  const headings = markdown.split('\n').filter((line) => line.startsWith('#'));
  expect(headings).toEqual([
    expect.stringMatching(/^# Post-mortem of [0-9a-f]+$/),
    '## First cause',
    '## What would have prevented it',
    '## What it cost',
    '## What was tried',
    '## Failures',
    '## Left behind',
    '## Timeline',
  ]);
});

test('R-ESC-8: the document names cause, decision, row, system and cost', () => {
  const markdown = postmortemMarkdown(accountOf('plain'));
  expect(markdown).toContain('`CHECK_FAILED`: `plain`');
  expect(markdown).toContain(
    'decided: `refine` because `plain`; row 3 of the recovery table: `plain`, `plain`',
  );
  expect(markdown).toContain('`plain` with a load of 3.5 per core and 5 % of its memory free; `plain` open');
  expect(markdown).toContain('$1.00, of which $1.00 came to nothing');
  expect(markdown).toContain('verifying: sent back in 1 min, $0.50: `plain`');
  expect(markdown).toContain('Run `moose doctor`.');
  expect(markdown).toContain('3 from the middle are not listed.');
});
