import { readFileSync, writeFileSync } from 'node:fs';
import type { Job } from './queue';

export function saveJobs(file: string, jobs: readonly Job[]): void {
  writeFileSync(file, JSON.stringify(jobs), { mode: 0o600 });
}

export function loadJobs(file: string): Job[] {
  return JSON.parse(readFileSync(file, 'utf8'));
}
