// How much work may go into guesses at what somebody meant. A hostile file asks for thousands of names that are nearly those of
// thousands of others, and whoever guesses at each of them stands still for minutes.

/** What is left to be spent, in characters compared. Whoever works takes from it, and guesses no more when nothing is left. */
export interface Effort {
  left: number;
}

// About a tenth of a second (measured: 10 ns each). Fifty misspelt names among 10,000 modules take it; two or three among as many
// as people have take a thousandth of it.
const effortMax = 8_000_000;

export function createEffort(left = effortMax): Effort {
  return { left };
}
