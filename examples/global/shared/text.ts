// Small things done to text.

/** Cuts text to a length, at a word where there is one, and shows that it was cut. */
export function shorten(text: string, length = 60): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  const space = cut.lastIndexOf(" ");
  return `${space > length / 2 ? cut.slice(0, space) : cut}…`;
}

/** "1 ticket", "2 tickets". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
