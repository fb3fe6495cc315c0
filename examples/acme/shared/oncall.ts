// Who is called at Acme, and when.

const rota = ["north", "south", "harbour"] as const;

/** The team on call in the week of a date: the teams take turns, from Monday to Monday. */
export function teamOnCall(now: Date): (typeof rota)[number] {
  const week = Math.floor((now.getTime() / 86_400_000 + 3) / 7);
  return rota[week % rota.length] ?? rota[0];
}
