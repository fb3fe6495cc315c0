// Globex writes German reports. A .js file hides the global shared/text.ts all the same: the name decides.

const nouns = { "open ticket": ["offenes Ticket", "offene Tickets"], ticket: ["Ticket", "Tickets"] };

/** Cuts text to a length and shows that it was cut. */
export function shorten(text, length = 40) {
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}

/** "1 Ticket", "2 Tickets". */
export function counted(count, noun) {
  const [one, many] = nouns[noun] ?? [noun, noun];
  return `${count} ${count === 1 ? one : many}`;
}
