// Specs: the upload and its estimate.
import type { Api, ApiDeps } from './app.ts';

export function addSpecs(_api: Api, _deps: ApiDeps): void {}
