const isApple = /mac|iphone|ipad/i.test(navigator.platform);

/** As the keys of this machine are named. */
export const chordWords = isApple ? '⌘K' : 'Ctrl K';

/** On an Apple machine Ctrl-K belongs to the text that is written. */
export function isChord(event: KeyboardEvent): boolean {
  const isHeld = isApple ? event.metaKey : event.ctrlKey || event.metaKey;
  return isHeld && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k';
}
