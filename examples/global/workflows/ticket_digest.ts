// One line for each open ticket, most urgent first.
import { halopsa, text } from "shared";
import { byUrgency, isOverdue } from "shared/tickets";
import { context, log } from "bifrost";

interface Input {
  now: string;
  tickets: Parameters<typeof halopsa.toTicket>[0][];
}

export default function ticketDigest(input: Input) {
  const now = new Date(input.now);
  const open = input.tickets.map(halopsa.toTicket).filter((ticket) => ticket.status !== "closed");
  const overdue = open.filter((ticket) => isOverdue(ticket, now));
  log.info(`${context.organization?.slug ?? "global"}: ${text.counted(open.length, "open ticket")}`);
  return {
    title: `${text.counted(open.length, "open ticket")}, ${overdue.length} overdue`,
    lines: byUrgency(open, now).map(
      (ticket) => `P${ticket.priority} #${ticket.id} ${ticket.client}: ${text.shorten(ticket.summary)}`,
    ),
  };
}
