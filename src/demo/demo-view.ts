// What a person sees while the demo runs: at a terminal, a table that changes in place; otherwise, each event as a line.

import { canBeLive, openLiveLines } from '../cli/terminal/live-lines.ts';
import { type Printer, paint } from '../cli/terminal/printer.ts';
import type { WorkOrderRecord } from '../contract/contract.ts';
import { shortId } from '../domain/ids.ts';
import { describeEvent, type EventRow } from '../engine/views/work-order/describe-event.ts';
import { type DemoRow, demoLines, newRow, rowAfter, rowAtEnd } from './demo-rows.ts';

/** A work order of the demo. */
export interface Shown {
  id: string;
  title: string;
  /** How lines about it begin, if not with its short ID. */
  label?: string;
}

export interface DemoView {
  /** Whether the table is shown; it stays on the screen. */
  isTable: boolean;
  submitted(order: Shown, happening?: string): void;
  happened(order: Shown, event: EventRow): void;
  ended(detail: WorkOrderRecord): void;
  close(): void;
}

export function openDemoView(printer: Printer, isVerbose: boolean): DemoView {
  return !isVerbose && canBeLive(printer) ? tableView() : eventView(printer);
}

function eventView(printer: Printer): DemoView {
  const labelOf = ({ id, label }: Shown) => paint('cyan', label ?? shortId(id));
  return {
    isTable: false,
    submitted(order, happening) {
      if (happening === undefined) printer.note(`${labelOf(order)} submitted: ${order.title}`);
    },
    happened: (order, event) => printer.note(`${labelOf(order)} ${describeEvent(event)}`),
    ended: () => undefined,
    close: () => undefined,
  };
}

function tableView(): DemoView {
  const rows = new Map<string, DemoRow>();
  const change = (id: string, changed: (row: DemoRow) => DemoRow) => {
    const row = rows.get(id);
    if (row) rows.set(id, changed(row));
  };
  const live = openLiveLines(process.stderr, (room) => demoLines([...rows.values()], room));
  return {
    isTable: true,
    submitted: ({ id, title }, happening = 'waiting for a free place') =>
      void rows.set(id, rows.get(id) ?? newRow(id, title, happening)),
    happened: ({ id }, event) => change(id, (row) => rowAfter(row, event)),
    ended: (detail) => change(detail.id, (row) => rowAtEnd(row, detail)),
    close: () => live.close(),
  };
}
