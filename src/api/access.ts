// Signing in and out, who one is, and the tokens.
import type { Api, ApiDeps } from './app.ts';

export function addAccess(_api: Api, _deps: ApiDeps): void {}
