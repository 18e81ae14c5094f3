import { expect, test } from 'vitest';
import { promptMarks, readPromptMarks } from './prompt-marks.ts';

const workOrderId = '019a9f6e-0000-7000-8000-000000000001';
const { workOrder, title, attempt, whatFailed } = promptMarks;
const head = [`${workOrder} ${workOrderId}`, `${title} Mend the till`, `${attempt} 3`].join('\n');

test.each(['\n', '\r\n'])('the marks at the start of a prompt are read, with line ends %j', (lineEnd) => {
  const prompt = `${head}\n\nDo it well.`.replaceAll('\n', lineEnd);
  expect(readPromptMarks(prompt)).toEqual({ workOrderId, title: 'Mend the till', attempt: 3 });
});

test('a description that quotes the marks changes nothing', () => {
  const prompt = `${head}\nTitle: another\nAttempt: 7`;
  expect(readPromptMarks(prompt)).toEqual({ workOrderId, title: 'Mend the till', attempt: 3 });
});

test('without an attempt number, the section about the failure distinguishes a refinement from a first call', () => {
  expect(readPromptMarks('Mend it')).toEqual({ workOrderId: null, title: null, attempt: 1 });
  expect(readPromptMarks(`Mend it\n${whatFailed}\nA test.`).attempt).toBe(2);
  expect(readPromptMarks('Attempt: soon').attempt).toBe(1);
});
