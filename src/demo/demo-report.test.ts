import { expect, test } from 'vitest';
import { reportDemo } from './demo-report.ts';

test('R-BASE-5: the command that looks closer can be pasted into a shell, whatever the folder is called', () => {
  const { lines } = reportDemo({
    details: [],
    spec: null,
    repositoryPath: '/tmp/till',
    dataDirectory: "/data/it's é data",
    calledAs: 'moose',
    seconds: 1,
    isShown: true,
  });
  expect(lines).toContain("Look closer:  moose --data '/data/it'\\''s é data' ls");
});
