import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classifyFailure } from './classify-failure.ts';
import { allRules } from './match/rules.ts';
import literalsById from './required-literals.json' with { type: 'json' };

/** Ten times what was measured: a pattern that backtracks without bound takes seconds, not tens of milliseconds. */
const perCaseCpuMsMax = 500;
const adverseChars = 20_000;

const literals: Readonly<Record<string, readonly string[]>> = literalsById;

const cpuMs = (work: () => void) => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

test('fear: one line of a log makes a pattern run for minutes', () => {
  const repeated = [
    'a',
    ' ',
    '/',
    '.',
    ':',
    '1',
    '\t',
    "'",
    '"',
    '-',
    '(',
    'a/',
    '1:',
    'a.b:1:',
    'at a ',
    '\\',
    '› ',
    '::',
    'é',
  ];
  const slow = allRules.flatMap((rule) =>
    [...(literals[rule.id] ?? []).slice(0, 4), rule.sample.slice(0, 40)].flatMap((start) => {
      const texts = repeated.map((part) => start + part.repeat(adverseChars / part.length));
      const spentMs = cpuMs(() => {
        for (const text of texts)
          for (const each of [rule.line, ...(rule.near ?? [])]) each.exec(text.slice(0, 1_200));
      });
      return spentMs > perCaseCpuMsMax ? [`${rule.id}: ${spentMs} ms after ${start}`] : [];
    }),
  );
  expect(slow).toEqual([]);
});

test('any output gets an answer quickly', () => {
  const words = fc.constantFrom(...Object.values(literals).flat(), ...allRules.map(({ sample }) => sample));
  const filler = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\n', '\r', '\x1b[31m', ' '.repeat(500), '\0', ':1:2: '),
  );
  const text = fc.array(fc.oneof(words, filler), { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      text,
      text,
      fc.option(fc.integer({ min: 0, max: 255 })),
      fc.constantFrom('verifier', 'git', 'router', 'agent', 'forge', 'session', undefined),
      (stdout, stderr, exitCode, component) => {
        const spentMs = cpuMs(() => {
          const answer = classifyFailure({ stdout, stderr, exitCode, component, command: 'npm test' });
          expect(answer.confidence).toBeGreaterThanOrEqual(0);
          expect(answer.confidence).toBeLessThanOrEqual(1);
        });
        expect(spentMs).toBeLessThan(perCaseCpuMsMax);
      },
    ),
    { numRuns: 60 },
  );
});

test('of a log of megabytes, the ends and the lines that mention a failure are read', () => {
  const filler = 'INFO  compiled module number 12345 in 3 ms, everything is well here\n'.repeat(40_000);
  const cause = "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.\n";
  const answer = classifyFailure({ stdout: filler + cause + filler, exitCode: 2, command: 'npm run build' });
  expect(answer).toMatchObject({ failureClass: 'compile_error', context: { file: 'src/a.ts', line: 3 } });
});

test('fear: patterns for unknown formats take long for a log that repeats one character', () => {
  const parts = [
    'a',
    ' ',
    '/',
    '.',
    '1',
    '\t',
    "'",
    '-',
    'a/',
    '1:',
    'a.b:1:',
    'at a ',
    'a_',
    '[a',
    '(a-',
    'a: ',
    '...',
    '✗ a',
  ];
  const commands = ['npx eslint .', 'npm install', 'pytest'];
  const slow = parts.flatMap((part) => {
    const line = part.repeat(600 / part.length);
    const text = Array.from({ length: 300 }, () => line).join('\n');
    return commands.flatMap((command) => {
      const spentMs = cpuMs(() => classifyFailure({ stdout: text, exitCode: 1, command }));
      return spentMs > perCaseCpuMsMax ? [`${JSON.stringify(part)}: ${spentMs} ms in ${command}`] : [];
    });
  });
  expect(slow).toEqual([]);
});
