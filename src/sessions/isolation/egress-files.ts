// The files that Moose and a session's egress proxy share, in a folder that the session does not see: the rules, the
// proxy's socket, and the refused hosts.
import { closeSync, mkdirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Refusal, refusalReasons } from '../../domain/machine/egress.ts';
import { writePassingNow } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import type { EgressRules } from './egress-connect.ts';
import { refusalLimits, refusedFile, rulesFile, socketFile } from './egress-names.ts';

export function egressFolder(sessionPath: string): string {
  return join(sessionPath, 'egress');
}

/** Writes the rules before the session starts. Returns the path of the socket. */
export function writeEgressRules(folder: string, rules: EgressRules): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writePassingNow(join(folder, rulesFile), JSON.stringify(rules), { mode: 0o600 });
  return join(folder, socketFile);
}

const refusalSchema: z.ZodType<Refusal> = z.object({
  host: z.string().min(1).max(refusalLimits.hostCharsMax),
  port: z.int().min(1).max(65_535),
  reason: z.enum(refusalReasons),
  count: z.int().min(1),
  firstAt: z.iso.datetime(),
});

/** The refused hosts, in the order in which they were first refused; empty if there are none. */
export function readRefusals(sessionPath: string): Refusal[] {
  const last = new Map<string, Refusal>();
  for (const line of linesOf(join(egressFolder(sessionPath), refusedFile))) {
    const read = refusalSchema.safeParse(jsonOf(line));
    // A line that was cut off by the end of the session is ignored.
    if (read.success) last.set(`${read.data.host} ${read.data.port}`, read.data);
  }
  return [...last.values()].slice(0, refusalLimits.hostsMax);
}

function linesOf(path: string): string[] {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP')) return [];
    throw error;
  }
  try {
    const buffer = Buffer.alloc(refusalLimits.fileBytesMax);
    return buffer.toString('utf8', 0, readSync(descriptor, buffer)).split('\n');
  } finally {
    closeSync(descriptor);
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
