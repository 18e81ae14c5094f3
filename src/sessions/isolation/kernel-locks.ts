// The second layer behind a session's root directory: what the kernel must refuse to a program and its children, even
// if they escape the root (R-SEC-5). Landlock restricts files; Landlock, and a filter for its gaps, restrict Moose's
// own ports.

import { spawnSync } from 'node:child_process';
import { findOnPath } from '../resolve-program.ts';
import { callFilter } from './call-filter.ts';

export interface KernelLocks {
  /** The version of Landlock that the kernel supports. */
  abi: number;
}

export interface LocksFound {
  /** Null if the kernel has no such locks. */
  locks: KernelLocks | null;
  /** One sentence: what the locks enforce, or why they are not available. */
  reason: string;
  advice: string | null;
}

/** Version 1 of Landlock forbids moving a file between folders, so git would not work. */
const abiMin = 2;
const truncateAbi = 3;
const portsAbi = 4;
const devicesAbi = 5;
const scopesAbi = 6;

const execute = 1 << 0;
const writeFile = 1 << 1;
const readFile = 1 << 2;
const readFolder = 1 << 3;
const makeDevices = (1 << 6) | (1 << 11);
const truncate = 1 << 14;
const controlDevices = 1 << 15;
/** All rights over files of Landlock's first and second version. */
const allFirst = (1 << 14) - 1;
const ofPorts = 3;
/** Forbids abstract sockets of, and signals to, processes outside the session. */
const bothScopes = 3;

const probeMsMax = 10_000;
const askAbi = 'my $abi = syscall(444, 0, 0, 1); print $abi < 0 ? "errno " . ($! + 0) : "abi $abi"';
const noSuchCall = '38';

export interface PlanRequest {
  /** The folders and files that the program may write. */
  written: readonly string[];
  /** Null if the program does not use the machine's network. */
  closedPorts: readonly number[] | null;
  allowsNamespaces?: boolean | undefined;
}

/** What a program in this root may do, as lines for enter-namespace.pl; only rules that the kernel knows are requested. */
export function planOf(
  { abi }: KernelLocks,
  { written, closedPorts, allowsNamespaces }: PlanRequest,
): string[] {
  const handled = allFirst | (abi >= truncateAbi ? truncate : 0) | (abi >= devicesAbi ? controlDevices : 0);
  const inFile = handled & (writeFile | readFile | truncate | controlDevices);
  const holdsPorts = closedPorts !== null && closedPorts.length > 0 && canHoldPorts(abi);
  const filter = callFilter(process.arch, { closesPorts: holdsPorts, allowsNamespaces });
  return [
    `ruleset ${words(handled, holdsPorts ? ofPorts : 0, abi >= scopesAbi ? bothScopes : 0).slice(0, attributeBytes(abi) * 2)}`,
    `path ${execute | readFile | readFolder} ${readFile} ${hex('/')}`,
    // Existing files in /proc stay writable: a program uses them to control its own processes.
    `path ${handled & (writeFile | truncate)} ${inFile} ${hex('/proc')}`,
    ...written
      .filter((path) => path !== '/proc')
      .map((path) => `path ${handled & ~makeDevices} ${inFile | execute} ${hex(path)}`),
    ...(holdsPorts ? [`closed ${closedPorts.join(' ')}`] : []),
    ...(filter === null ? [] : [`filter ${filter.call} ${filter.code}`]),
  ];
}

/** Whether the filter is in force that refuses files with the rights of their owner. */
export function keepsModes(locks: KernelLocks | null): boolean {
  return locks !== null && callFilter(process.arch, { closesPorts: false }) !== null;
}

function canHoldPorts(abi: number): boolean {
  return abi >= portsAbi && callFilter(process.arch, { closesPorts: true }) !== null;
}

/** The kernel refuses unknown members, even if they are zero. */
function attributeBytes(abi: number): number {
  if (abi >= scopesAbi) return 24;
  return abi >= portsAbi ? 16 : 8;
}

function words(...values: number[]): string {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), index * 8);
  return bytes.toString('hex');
}

function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}

/** What this kernel supports, and which program can request it. */
export function findLocks(path: string): LocksFound {
  const perlPath = findOnPath('perl', path, '/');
  if (perlPath === null)
    return without(
      'The program perl, which sets them up, is not installed on this machine.',
      'Install perl.',
    );
  const { stdout, status } = spawnSync(perlPath, ['-e', askAbi], {
    encoding: 'utf8',
    timeout: probeMsMax,
    killSignal: 'SIGKILL',
    env: { PERL_BADLANG: '0' },
  });
  const [word = '', number = ''] = (stdout ?? '').split(' ');
  if (status !== 0 || number === '') return without(`perl at ${perlPath} does not run.`, 'Reinstall perl.');
  if (word !== 'abi')
    return number === noSuchCall
      ? without('This kernel has no Landlock.', 'Run Moose on Linux 6.7 or newer.')
      : without(
          `This kernel has Landlock switched off (error ${number}).`,
          'Add `landlock` to the list of `lsm=` on the kernel’s command line, or allow it in the container.',
        );
  const abi = Number(number);
  if (abi < abiMin)
    return without(
      `This kernel’s Landlock version is ${abi}, which is too old.`,
      'Run Moose on Linux 6.7 or newer.',
    );
  return { locks: { abi }, ...wordsOf(abi) };
}

function wordsOf(abi: number): Omit<LocksFound, 'locks'> {
  const files = `Landlock ${abi} restricts sessions to their files`;
  if (canHoldPorts(abi))
    return {
      reason: `${files}, and keeps those on the machine’s network away from Moose’s own ports.`,
      advice: null,
    };
  return {
    reason: `${files}, but those on the machine’s network can reach Moose’s own ports.`,
    advice:
      abi < portsAbi
        ? 'Run Moose on Linux 6.7 or newer, or set MOOSE_CHECK_NETWORK to "none".'
        : 'Set MOOSE_CHECK_NETWORK to "none": on this kind of processor the ports cannot be closed.',
  };
}

function without(reason: string, advice: string): LocksFound {
  return { locks: null, reason, advice };
}
