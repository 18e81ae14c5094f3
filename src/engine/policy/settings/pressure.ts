// The measurements at which a machine starts at most half of its heavy work, or none (R-GO-4).
import type { Setting } from './definition.ts';
import { fraction, integer, partOf, wholeNumber } from './kinds.ts';

const mebibyte = 2 ** 20;
const countMax = 1_000_000_000;

const atMostHalf = 'this machine uses at most half of its slots for heavy work';
const none = 'this machine starts no heavy work until there is room again';
const both = 'Applies only if the free share is small too';

/** Kept as bytes, given in MiB. */
function mebibytes(declared: { key: string; title: string; help: string; default: number }): Setting<number> {
  const { default: value, ...described } = declared;
  const bounds = { min: 0, max: 1_000_000_000 };
  return {
    default: value * mebibyte,
    parts: [
      partOf<number, number>({
        ...described,
        ...bounds,
        kind: 'integer',
        schema: wholeNumber(bounds, 'a whole number of MiB'),
        read: (bytes) => Math.round(bytes / mebibyte),
        write: (_, given) => given * mebibyte,
      }),
    ],
  };
}

const unit = { min: 0, max: 1 };
const count = { min: 0, max: countMax };

/**
 * `high` halves the slots for heavy work, `critical` leaves none. Load has no `critical`: it slows work and never stops
 * it.
 */
export const pressure = {
  // A worktree with its dependencies has about a gigabyte, and the database must never meet a full disk.
  diskFreeBytes: {
    high: mebibytes({
      key: 'settings.pressure.disk_free_mib',
      default: 5_120,
      title: 'Disk: half of the slots below (MiB)',
      help: `If the disk of the data directory has less free space than this, ${atMostHalf}. ${both}.`,
    }),
    critical: mebibytes({
      key: 'settings.pressure.disk_free_mib_min',
      default: 1_024,
      title: 'Disk: no heavy work below (MiB)',
      help: `If the disk of the data directory has less free space than this, ${none}. ${both}.`,
    }),
  },
  // The free share alone would stop work on a large disk with plenty of space, so free bytes and free share are measured,
  // and the better of the two counts.
  diskFreeShare: {
    high: fraction({
      key: 'settings.pressure.disk_free_share',
      default: 0.1,
      ...unit,
      title: 'Disk: half of the slots below this share',
      help: 'Works together with the setting in MiB: both values must be below their limits.',
    }),
    critical: fraction({
      key: 'settings.pressure.disk_free_share_min',
      default: 0.03,
      ...unit,
      title: 'Disk: no heavy work below this share',
      help: 'Works together with the setting in MiB: both values must be below their limits.',
    }),
  },
  // Installed dependencies are up to a hundred thousand files in each worktree.
  filesFree: {
    high: integer({
      key: 'settings.pressure.files_free',
      default: 200_000,
      ...count,
      title: 'Files (inodes): half of the slots below',
      help: `If the disk of the data directory has room for fewer files than this, ${atMostHalf}. ${both}.`,
    }),
    critical: integer({
      key: 'settings.pressure.files_free_min',
      default: 20_000,
      ...count,
      title: 'Files (inodes): no heavy work below',
      help: `If the disk of the data directory has room for fewer files than this, ${none}. ${both}.`,
    }),
  },
  filesFreeShare: {
    high: fraction({
      key: 'settings.pressure.files_free_share',
      default: 0.1,
      ...unit,
      title: 'Files (inodes): half of the slots below this share',
      help: 'Works together with the number of files: both values must be below their limits.',
    }),
    critical: fraction({
      key: 'settings.pressure.files_free_share_min',
      default: 0.03,
      ...unit,
      title: 'Files (inodes): no heavy work below this share',
      help: 'Works together with the number of files: both values must be below their limits.',
    }),
  },
  // An agent has 300 to 500 MB, and the tests that it runs as much again.
  memoryFreeBytes: {
    high: mebibytes({
      key: 'settings.pressure.memory_free_mib',
      default: 2_048,
      title: 'Memory: half of the slots below (MiB)',
      help: `If less memory than this is available within the limit of the container or service, ${atMostHalf}. ${both}.`,
    }),
    critical: mebibytes({
      key: 'settings.pressure.memory_free_mib_min',
      default: 512,
      title: 'Memory: no heavy work below (MiB)',
      help: `If less memory than this is available within the limit of the container or service, ${none}. ${both}.`,
    }),
  },
  memoryFreeShare: {
    high: fraction({
      key: 'settings.pressure.memory_free_share',
      default: 0.15,
      ...unit,
      title: 'Memory: half of the slots below this share',
      help: 'Works together with the setting in MiB: both values must be below their limits.',
    }),
    critical: fraction({
      key: 'settings.pressure.memory_free_share_min',
      default: 0.05,
      ...unit,
      title: 'Memory: no heavy work below this share',
      help: 'Works together with the setting in MiB: both values must be below their limits.',
    }),
  },
  memoryStallShare: {
    high: fraction({
      key: 'settings.pressure.memory_stall_share',
      default: 0.1,
      ...unit,
      title: 'Memory stalls: half of the slots above',
      help: `If all processes of the control group waited for memory for more than this share of the last ten seconds, ${atMostHalf}.`,
    }),
  },
  // The test suites of several concurrent agents are many processes per core, which is intended.
  cpuWaitShare: {
    high: fraction({
      key: 'settings.pressure.cpu_wait_share',
      default: 0.9,
      ...unit,
      title: 'Wait for a processor: half of the slots above',
      help: `If processes of Moose's control group waited for a processor for more than this share of the last minute, ${atMostHalf}. Without control groups of version 2, the load per core counts instead.`,
    }),
  },
  loadPerCore: {
    high: integer({
      key: 'settings.pressure.load_per_core',
      default: 4,
      min: 0,
      max: 1_000_000,
      title: 'Load per core: half of the slots above',
      help: `If the load average per core of the whole machine is higher than this, ${atMostHalf}. Applies only where the wait for a processor is not known.`,
    }),
  },
  processesFree: {
    high: integer({
      key: 'settings.pressure.processes_free',
      default: 200,
      ...count,
      title: 'Processes: half of the slots below',
      help: `If the control group has room for fewer processes than this, ${atMostHalf}. ${both}.`,
    }),
  },
  processesFreeShare: {
    high: fraction({
      key: 'settings.pressure.processes_free_share',
      default: 0.1,
      ...unit,
      title: 'Processes: half of the slots below this share',
      help: 'Works together with the number of processes: both values must be below their limits.',
    }),
  },
  eventLoopLagMs: {
    high: integer({
      key: 'settings.pressure.event_loop_lag_ms',
      default: 250,
      ...count,
      title: 'Event loop lag: half of the slots above (ms)',
      help: `If Moose's own timers are later than this, ${atMostHalf}.`,
    }),
  },
  databaseWaiting: {
    high: integer({
      key: 'settings.pressure.database_waiting',
      default: 8,
      ...count,
      title: 'Waiting queries: half of the slots above',
      help: `If more queries than this wait for a connection to the database, ${atMostHalf}.`,
    }),
  },
};
