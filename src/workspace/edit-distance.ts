// How far two words are apart, for "did you mean …".

/**
 * The optimal string alignment distance in UTF-16 code units (Damerau's four slips: one unit more, less, another, or two
 * neighbours swapped), or `most + 1` as soon as it is sure to exceed `most`. Takes three rows of memory.
 */
export function editDistance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= other.length; column += 1) {
      const cost = one[row - 1] === other[column - 1] ? 0 : 1;
      let distance = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + cost,
      );
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (isSwap) distance = Math.min(distance, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(distance);
      least = Math.min(least, distance);
    }
    // A swap looks back two rows, so one row above `most` may still be left.
    if (least > most + 1) return most + 1;
    beforePrevious = previous;
    previous = current;
  }
  return Math.min(previous[other.length] ?? most + 1, most + 1);
}
