// When a ticket has to be answered.
import priorities from "../priorities.json" with { type: "json" };
import type { Ticket } from "../halopsa.ts";

const hour = 60 * 60 * 1000;

/** Hours until a ticket has to be answered, negative where that is past. */
export function hoursLeft(ticket: Ticket, now: Date): number {
  const row = priorities.find(({ priority }) => priority === ticket.priority);
  const hoursOpen = (now.getTime() - new Date(ticket.openedAt).getTime()) / hour;
  return (row?.answerWithinHours ?? 24) - hoursOpen;
}

export function isOverdue(ticket: Ticket, now: Date): boolean {
  return ticket.status !== "closed" && hoursLeft(ticket, now) < 0;
}
