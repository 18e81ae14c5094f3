// Questions to a human, and their answers.
import type { Api, ApiDeps } from './app.ts';

export function addEscalations(_api: Api, _deps: ApiDeps): void {}
