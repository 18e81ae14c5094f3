// The order in which daemons start: each one after those that it needs. Pure.

import type { Daemon } from '../domain/machine/daemon.ts';
import { durationMs } from '../domain/text/duration.ts';
import type { ProjectConfig } from './config-schema.ts';
import { sorted } from './needs-order.ts';

const defaultTimeoutMs = 60_000;

/** The daemons in their starting order. */
export function daemonsOf({ services = {} }: Pick<ProjectConfig, 'services'>): Daemon[] {
  return sorted(services).flatMap((name): Daemon[] => {
    const each = services[name];
    if (each === undefined) return [];
    const { command, ready, timeout, needs = [], url, preview, port = ready.port } = each;
    return [
      {
        name,
        command,
        ready,
        needs: [...new Set(needs)],
        timeoutMs: durationMs(timeout ?? '') ?? defaultTimeoutMs,
        url: preview === false ? null : (url ?? null),
        previewPort: preview ? (port ?? null) : null,
      },
    ];
  });
}
