// What a browser keeps for one person. Where keeping is forbidden, things are as usual at each visit.

export function readKept(name: string): string | null {
  try {
    return localStorage.getItem(`moose.${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`moose.${name}`, value);
  } catch {
    // It holds until the page is closed.
  }
}
