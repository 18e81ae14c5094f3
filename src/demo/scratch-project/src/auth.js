/** Whether the key that a member of staff typed is the one on file. */
export function isStaffKey(given, onFile) {
  return given === onFile;
}

/** A key as it may be shown on the screen: its last two characters. */
export function maskKey(key) {
  return key.slice(-2).padStart(key.length, '*');
}
