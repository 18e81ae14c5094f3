// The settings of a project, one per line: those that have a name for it in the table.
import type { Project, ProjectValuesView } from '../../contract/contract.ts';
import { formatUsdNumber } from '../../domain/money.ts';
import type { ProjectSetting } from '../../domain/project-settings/kinds.ts';
import {
  type ProjectSettingKey,
  projectSettingRows,
} from '../../domain/project-settings/project-settings.ts';
import { directorLines } from '../input/director-limits.ts';
import { baseText } from './project-lines.ts';

const nameWidth = 12;

export function settingLines(project: Project, values?: ProjectValuesView): string[] {
  return projectSettingRows.flatMap(([key, row]) => {
    if (row.line === undefined) return [];
    if (row.kind === 'director') return directorLines(project);
    return [`  ${row.line.padEnd(nameWidth)}${textOf(key, row, project, values)}`];
  });
}

function textOf(
  key: ProjectSettingKey,
  { kind, words = {}, unset = '' }: ProjectSetting,
  project: Project,
  values?: ProjectValuesView,
): string {
  const value = project[key];
  if (key === 'base') return baseText(project, values);
  if (value === null) return unset;
  if (key === 'limit_usd') return `${formatUsdNumber(Number(value))}, ${usedText(project)} used`;
  if (kind === 'switch') return words[value === true ? 'on' : 'off'] ?? '';
  if (kind === 'choice') return words[String(value)] ?? String(value);
  if (kind === 'checks')
    return project.checks?.map((each) => `${each.kind}: ${each.command}`).join(' · ') ?? '';
  if (typeof value !== 'object') return String(value);
  const names = Array.isArray(value) ? value.map(String) : Object.keys(value);
  return names.join(kind === 'list' ? ', ' : ' · ') || 'none';
}

const usedText = ({ used_usd }: Project) => formatUsdNumber(used_usd ?? 0);
