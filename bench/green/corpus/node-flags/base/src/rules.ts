import { bucket } from './bucket.ts';

export interface Context {
  user: string;
  country?: string;
  version?: string;
}

export interface Rule {
  countries?: string[];
  minVersion?: string;
  percent?: number;
}

export interface Flag {
  on: boolean;
  rules?: Rule[];
}

export type Flags = Record<string, Flag>;

function matches(name: string, rule: Rule, context: Context): boolean {
  if (rule.countries && !rule.countries.includes(context.country ?? '')) return false;
  if (rule.minVersion && (context.version ?? '') < rule.minVersion) return false;
  return rule.percent === undefined || bucket(name, context.user) < rule.percent;
}

export function isOn(name: string, flag: Flag, context: Context): boolean {
  return flag.on && (!flag.rules || flag.rules.some((rule) => matches(name, rule, context)));
}
