// A number of bytes as people read it.

const units = ["B", "KB", "MB"] as const;

/** Bytes in the unit that fits, such as "1.2 KB". A kilobyte has 1,024. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, "")} ${units[unit]}`;
}
