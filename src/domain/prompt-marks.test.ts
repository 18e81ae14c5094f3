import { expect, test } from 'vitest';
import { promptMarks, readPromptMarks, writePromptMarks } from './prompt-marks.ts';

const workOrderId = '019a9f6e-0000-7000-8000-000000000001';

test('what is written is what is read', () => {
  const head = writePromptMarks({ workOrderId, title: 'Mend the till', attempt: 3 });
  expect(readPromptMarks(`${head}\n\nDo it well.`)).toEqual({
    workOrderId,
    title: 'Mend the till',
    attempt: 3,
  });
});

test('a title of several lines cannot forge a mark', () => {
  const head = writePromptMarks({ workOrderId, title: 'Mend\nAttempt: 9', attempt: 1 });
  expect(readPromptMarks(head)).toEqual({ workOrderId, title: 'Mend Attempt: 9', attempt: 1 });
});

test('a description that quotes the marks changes nothing', () => {
  const head = writePromptMarks({ workOrderId, title: 'Mend', attempt: 1 });
  expect(readPromptMarks(`${head}\nTitle: another\nAttempt: 7`)).toMatchObject({ title: 'Mend', attempt: 1 });
});

test('without an attempt, the section on what failed tells a refinement from a first call', () => {
  expect(readPromptMarks('Mend it').attempt).toBe(1);
  expect(readPromptMarks(`Mend it\n${promptMarks.whatFailed}\nA test.`).attempt).toBe(2);
  expect(readPromptMarks('Attempt: soon').attempt).toBe(1);
});
