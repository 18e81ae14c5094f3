// Sends each call to a forge through the circuit of its host, and retries it as the recovery table says. Repeating a
// call has no further effect on the forge.
import type { ErrorContext } from '../errors/error-log.ts';
import type { Forge } from '../ports/forge.ts';
import type { ErrorRecoveryManager } from './error-recovery-manager.ts';

export interface AsksForge {
  recovery: Pick<ErrorRecoveryManager, 'executeWithRecovery'>;
  forge: Forge;
  signal: AbortSignal;
  context: ErrorContext;
}

export function askForge<T>(
  { recovery, forge, signal, context }: AsksForge,
  operation: string,
  call: () => Promise<T>,
): Promise<T> {
  return recovery.executeWithRecovery({
    component: 'forge',
    operation,
    signal,
    context,
    call,
    ways: [forge.host],
    circuits: [`forge:${forge.host}`],
  });
}
