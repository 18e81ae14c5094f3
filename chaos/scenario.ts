// What a fault is: how it begins, and how it ends. Each is a file in `chaos/scenarios/`.
import type { Instance } from './instance.ts';

/** The classes that the report counts by: whose fault it is. */
export const faultGroups = [
  'provider',
  'agent',
  'process',
  'database',
  'disk',
  'forge',
  'machine',
  'people',
] as const;
export type FaultGroup = (typeof faultGroups)[number];

/** One injection of one fault: everything that chance decides about it. */
export interface Round {
  number: number;
  scenario: Scenario;
  /** From the submission of the round's work orders to the fault. */
  afterMs: number;
  lastsMs: number;
  /** Chooses a target among several; from 0 to 1. */
  pick: number;
}

/** Ends the fault. It may be called more than once. */
export type End = () => Promise<void>;

export interface Scenario {
  name: string;
  group: FaultGroup;
  /** One sentence for people. */
  does: string;
  /** The shortest and the longest time that the fault lasts. */
  lastsMs: readonly [number, number];
  /** Whether the fault goes away by itself, so that Moose needs no person. */
  isTransient: boolean;
  /** The round's work orders are for the scripted coding agent, which behaves like this. */
  agent?: 'works' | 'crashes once' | 'hangs';
  /** A person answers what it makes Moose ask with `retry`, after its end. */
  isRetried?: true;
  /** Why the fault cannot be injected on this machine; null if it can. */
  cannot?(instance: Instance): Promise<string | null>;
  inject(instance: Instance, round: Round): Promise<End>;
}

/** There was nothing that the fault could hit. */
export class NoTarget extends Error {}

/** One of the list, as the round's chance decides. @throws NoTarget if the list is empty */
export function pickFrom<T>(all: readonly T[], { pick }: Pick<Round, 'pick'>, what: string): T {
  const one = all[Math.min(all.length - 1, Math.floor(pick * all.length))];
  if (one === undefined) throw new NoTarget(`There was no ${what} to hit.`);
  return one;
}

export const nothingToEnd: End = async () => undefined;
