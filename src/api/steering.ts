// What a person or a program does to work orders: submit, retry, pause, cancel, undo.
import type { Api, ApiDeps } from './app.ts';

export function addSteering(_api: Api, _deps: ApiDeps): void {}
