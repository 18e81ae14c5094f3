import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOf } from './plan.js';

export async function savePlan(folder, { title, week }) {
  await writeFile(join(folder, `${keyOf(title)}.json`), JSON.stringify(week));
}

export async function saveAll(folder, plans) {
  for (const plan of plans) await savePlan(folder, plan);
}

export async function loadPlan(folder, title) {
  return JSON.parse(await readFile(join(folder, `${keyOf(title)}.json`), 'utf8'));
}
