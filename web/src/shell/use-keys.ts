import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { keep, readKept } from './kept.ts';
import { actOf, type KeyAct } from './keys.ts';
import { places } from './places.ts';
import { isChord } from './platform.ts';
import { moveByRow } from './rows.ts';

/** Single-letter shortcuts can be turned off, since speech input types words as single keys. */
const offName = 'keys-off';
export const areLettersOff = () => readKept(offName) === 'true';
export const turnLetters = (isOff: boolean) => keep(offName, String(isOff));

const fields = 'input, textarea, select, [contenteditable=""], [contenteditable="true"], [role="combobox"]';

function isTaken(target: EventTarget | null): boolean {
  if (areLettersOff()) return true;
  if (target instanceof Element && target.closest(fields)) return true;
  return document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
}

export function useKeys(open: { palette(): void; shortcuts(): void }): void {
  const navigate = useNavigate();
  useEffect(() => {
    let gAt: number | null = null;
    const doIt = (act: KeyAct) => {
      if (act.kind === 'palette') open.palette();
      else if (act.kind === 'shortcuts') open.shortcuts();
      else if (act.kind === 'search') focusSearch(open.palette);
      else if (act.kind === 'new') void navigate({ to: '/work-orders', search: newSearch });
      else if (act.kind === 'move') moveByRow(act.by);
      else if (act.kind === 'go') {
        const place = places.find(({ key }) => key === act.key);
        if (place) void navigate({ to: place.to });
      }
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const act = actOf({
        key: event.key,
        hasModifier: event.ctrlKey || event.metaKey || event.altKey,
        isChord: isChord(event),
        isTaken: isTaken(event.target),
        sinceG: gAt === null ? null : event.timeStamp - gAt,
      });
      if (event.key !== 'Shift') gAt = act?.kind === 'begin' ? event.timeStamp : null;
      if (!act || act.kind === 'begin') return;
      event.preventDefault();
      doIt(act);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [navigate, open]);
}

/** Keeps the filters of the list behind the form. */
const newSearch = (before: Record<string, unknown>) =>
  location.pathname === '/work-orders' ? { ...before, new: 'true' as const } : { new: 'true' as const };

function focusSearch(otherwise: () => void): void {
  const field = document.querySelector<HTMLInputElement>(
    'main [data-page-search], main input[type="search"]',
  );
  if (!field) {
    otherwise();
    return;
  }
  field.focus();
  field.select();
}
