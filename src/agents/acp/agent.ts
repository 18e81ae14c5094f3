// Any agent that speaks the Agent Client Protocol (R-AGENT-1), from one entry of configuration. A program of Moose runs in
// the session and speaks with it: it starts or continues a conversation, answers permissions by a rule, and writes what
// happens to its output.
import type { Agent } from '../../engine/ports/agent.ts';
import { defaultSearchPath } from '../program.ts';
import { type AcpEntry, programOf } from './entry.ts';
import { adviseProgram, prepareAcp } from './prepare.ts';
import { reportAcp } from './report.ts';
import { acpTranscript } from './transcript.ts';

export interface AcpPlace {
  /** The file with the entry, for advice. */
  entriesPath: string;
  searchPath?: string;
}

export function createAcpAgent(name: string, entry: AcpEntry, given: AcpPlace): Agent {
  const place = { searchPath: defaultSearchPath, ...given };
  return {
    name,
    writesCode: true,
    takesServers: true,
    wires: entry.wires,
    probe: () => {
      const isInstalled = programOf(entry, place.searchPath) !== null;
      const advice = isInstalled ? null : adviseProgram(entry, place);
      return Promise.resolve({ isInstalled, version: null, testedVersion: null, advice });
    },
    prepare: (task) => prepareAcp(task, { name, entry, ...place }),
    report: (files, end) => reportAcp(name, files, end),
    transcript: acpTranscript,
  };
}
