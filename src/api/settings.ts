// Settings with their history, models, agents, and the audit log.
import type { Api, ApiDeps } from './app.ts';

export function addSettings(_api: Api, _deps: ApiDeps): void {}
