// One supervised run of a process: an agent, a check, or a service beside them (R-SES).

export const sessionPurposes = ['agent', 'check', 'service'] as const;
export type SessionPurpose = (typeof sessionPurposes)[number];

/** `intended` before the process starts, `running` after that, then one of the ends. */
export const sessionStates = ['intended', 'running', 'exited', 'stopped', 'lost'] as const;
export type SessionState = (typeof sessionStates)[number];

/**
 * Why Moose stops a process by itself. `silent`: no output for too long. `output_limit`: too much output. `braked`: its
 * model calls ran away. `idle`: no model call for too long. `forged`: it wrote the record of its own end. `released`: a
 * service that is no longer needed, or an agent that has told its result and lives on. `interrupted`: a person sent a message that is to be read at once. `out_of_memory`,
 * `process_limit`: it passed the limit of its session.
 */
export const stopReasons = [
  'timeout',
  'silent',
  'output_limit',
  'braked',
  'idle',
  'forged',
  'released',
  'interrupted',
  'out_of_memory',
  'process_limit',
] as const;
export type StopReason = (typeof stopReasons)[number];

/** Why a process ended that did not end by itself: Moose stopped it, or it was lost. */
export const endReasons = [...stopReasons, 'cancelled', 'superseded', 'lost', 'left_behind'] as const;
export type EndReason = (typeof endReasons)[number];

/**
 * How a process ended. `lost`: it died without leaving an exit file. `left_behind`: the same, or by a signal, while no
 * Moose watched it, or just before Moose stopped: Moose, its machine or its container had stopped. `superseded`: another process had continued its
 * work. `reason` is why Moose ended it, or null if it ended by itself.
 */
export interface SessionEnd {
  exitCode: number | null;
  signal: string | null;
  reason: EndReason | null;
  startedAt: Date;
  endedAt: Date;
}

/** Whether nobody knows how it ended. */
export const isEndUnknown = ({ reason }: Pick<SessionEnd, 'reason'>) =>
  reason === 'lost' || reason === 'left_behind';

/**
 * `network`: its only way out is the gateway, and it sees only its own processes. `files`: in addition, it sees only
 * its worktree, its own home and the machine's programs.
 */
export const isolationLevels = ['files', 'network', 'none'] as const;
export type IsolationLevel = (typeof isolationLevels)[number];

/** `auto`: as far as the machine allows. `require`: including files, or else nothing is started. */
export const isolationSettings = ['auto', 'require', 'off'] as const;
export type IsolationSetting = (typeof isolationSettings)[number];

/** Which checks have the machine's network: setup checks, all, or none. The others have their own loopback. */
export const checkNetworks = ['setup', 'all', 'none'] as const;
export type CheckNetwork = (typeof checkNetworks)[number];

/** Folders and files of the machine that a person allows, in addition to what every session sees. */
export interface GrantedPath {
  path: string;
  sight: 'read' | 'write';
}

/** How a person can watch a running agent on its machine. */
export const viewers = ['tmux', 'none'] as const;
export type Viewers = (typeof viewers)[number];
