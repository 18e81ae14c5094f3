// The egress proxy of one session, as a process outside its namespaces: `node egress-program.ts` in the folder that
// egress-files.ts describes. enter-namespace.pl starts it and ends it with the session.
import { readFileSync } from 'node:fs';
import type { RefusalReason } from '../../domain/machine/egress.ts';
import { appendPassingNow } from '../../stdx/files/passing-files.ts';
import type { EgressRules } from './egress-connect.ts';
import { refusalLimits, refusedFile, rulesFile, socketFile } from './egress-names.ts';
import { createEgressProxy } from './egress-proxy.ts';

// The proxy ends with the session, not before. It ignores signals, because signals to the session reach this process
// too: it is in the same group.
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const)
  process.on(name, () => undefined);

const rules = JSON.parse(readFileSync(rulesFile, 'utf8')) as EgressRules;
const counts = new Map<string, { count: number; firstAt: string }>();

function note(host: string, port: number, reason: RefusalReason): void {
  const key = `${host} ${port}`;
  const known = counts.get(key);
  if (known === undefined && counts.size >= refusalLimits.hostsMax) return;
  const { count, firstAt } = { firstAt: new Date().toISOString(), ...known, count: (known?.count ?? 0) + 1 };
  counts.set(key, { count, firstAt });
  const isWritten = count <= refusalLimits.eachCountMax || Number.isInteger(Math.log2(count));
  // Written synchronously: the process is killed with its session.
  if (isWritten)
    appendPassingNow(refusedFile, `${JSON.stringify({ host, port, reason, count, firstAt })}\n`, {
      mode: 0o600,
    });
}

createEgressProxy({
  rules,
  onRefused: note,
  onFault: (cause) => process.stderr.write(`moose: the egress proxy failed: ${cause}\n`),
}).listen(socketFile);
