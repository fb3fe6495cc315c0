// Which ticket comes first.
import type { Ticket } from "../halopsa.ts";
import { hoursLeft } from "./deadline.ts";

/** Gives tickets with the least time left first. */
export function byUrgency(tickets: readonly Ticket[], now: Date): Ticket[] {
  return tickets.toSorted((one, other) => hoursLeft(one, now) - hoursLeft(other, now) || one.id - other.id);
}
