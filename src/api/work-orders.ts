// Work orders: lists, the board, one in full, with its events, its change and its output.
import type { Api, ApiDeps } from './app.ts';

export function addWorkOrders(_api: Api, _deps: ApiDeps): void {}
