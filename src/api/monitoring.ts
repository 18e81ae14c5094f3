// How Moose is: health, errors, money, circuits, alerts, trends, learning.
import type { Api, ApiDeps } from './app.ts';

export function addMonitoring(_api: Api, _deps: ApiDeps): void {}
