// Work orders that the agent of another one asks for while it runs (R-AGENT-4).

/** `ask`: a person approves each one before it starts. `off` is the default. */
export const subtaskModes = ['off', 'ask', 'allow'] as const;
export type SubtaskMode = (typeof subtaskModes)[number];

export const defaultSubtasks: SubtaskMode = 'off';

/** Whether the first mode lets an agent do more than the second. */
export function allowsMoreSubtasks(one: SubtaskMode, other: SubtaskMode): boolean {
  return subtaskModes.indexOf(one) > subtaskModes.indexOf(other);
}

export const subtaskLimits = {
  /** For each work order, whatever becomes of them: so an agent cannot go on asking. */
  perWorkOrderMax: 3,
  titleCharsMax: 200,
  instructionsCharsMax: 20_000,
} as const;

/** An agent that names no limit gets this part of what is left to its own work order. */
const partOfTheRest = 4n;

export function defaultSubtaskLimit(leftNanoUsd: bigint): bigint {
  return leftNanoUsd / partOfTheRest;
}

interface Asked {
  parentId: string | null;
  settings: { of_subtask?: true };
}

/** Whether an agent has asked for it, or it goes on with one that an agent has asked for. */
export function isOfSubtask({ parentId, settings }: Asked): boolean {
  return parentId !== null || settings.of_subtask === true;
}

/** Before a part of its limit went back to its parent: what another one gets that goes on with it. */
export function limitAsGiven(order: {
  limitNanoUsd: bigint | null;
  givenBackNanoUsd: bigint;
}): bigint | null {
  return order.limitNanoUsd === null ? null : order.limitNanoUsd + order.givenBackNanoUsd;
}

/** The name under which agents see Moose's own server, and that no server of a project may have. */
export const ownServerName = 'moose';
