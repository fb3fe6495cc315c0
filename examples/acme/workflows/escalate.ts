// Raises every overdue ticket to the top priority and says whom to call.
import { halopsa, oncall } from "shared"; // ours: shared/halopsa.ts hides the global one
import * as tickets from "shared/tickets"; // global: we have none of our own
import { log } from "bifrost";

interface Input {
  now: string;
  tickets: Parameters<typeof halopsa.toTicket>[0][];
}

export default async function escalate(input: Input) {
  const now = new Date(input.now);
  const overdue = input.tickets.map(halopsa.toTicket).filter((ticket) => tickets.isOverdue(ticket, now));
  for (const ticket of overdue) log.warn(`#${ticket.id} is overdue`);
  return {
    call: overdue.length > 0 ? oncall.teamOnCall(now) : null,
    sites: [...new Set(overdue.map((ticket) => ticket.site))],
    requests: tickets
      .byUrgency(overdue, now)
      .map((ticket) => halopsa.raisePriority(ticket, 1, `Overdue since ${-Math.ceil(tickets.hoursLeft(ticket, now))} h`)),
  };
}
