const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const step = 1_024;

/** `2.5 MiB`. */
export function sizeOf(bytes: number): string {
  const power = bytes < step ? 0 : Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(step)));
  const value = bytes / step ** power;
  return `${power === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
