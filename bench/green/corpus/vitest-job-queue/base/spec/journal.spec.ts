import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadJobs, saveJobs } from '../src/journal';

let dir: string;
const jobs = [{ id: 'a', priority: 1, notBefore: 5, tries: 0 }];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'));
});

afterEach(() => rmSync(dir, { recursive: true }));

it('loads what was saved', () => {
  saveJobs(join(dir, 'jobs.json'), jobs);
  expect(loadJobs(join(dir, 'jobs.json'))).toEqual(jobs);
});

it('keeps others from reading', () => {
  saveJobs(join(dir, 'jobs.json'), jobs);
  expect(statSync(join(dir, 'jobs.json')).mode & 0o777).toBe(0o600);
});
