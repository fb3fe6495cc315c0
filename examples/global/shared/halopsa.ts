// HaloPSA's tickets: requests to send and answers to read. Sends nothing itself, so it can be used and tested anywhere.

export interface Ticket {
  id: number;
  summary: string;
  client: string;
  /** 1 is the most urgent. */
  priority: number;
  status: "new" | "open" | "waiting" | "closed";
  openedAt: string;
  site: string | null;
}

export interface HaloRequest {
  method: "GET" | "POST";
  path: string;
  query?: Record<string, string>;
  body?: unknown;
}

/** A ticket as HaloPSA's API writes it, with the fields that are read here. */
export interface HaloTicket {
  id: number;
  summary?: string;
  client_name?: string;
  priority_id?: number;
  status_id?: number;
  dateoccurred: string;
  site_name?: string;
}

const statuses: Record<number, Ticket["status"]> = { 1: "new", 2: "open", 4: "waiting", 9: "closed" };

/** Reads a ticket of HaloPSA. What it leaves out is filled with the least alarming value. */
export function toTicket(ticket: HaloTicket): Ticket {
  return {
    id: ticket.id,
    summary: ticket.summary ?? "(no summary)",
    client: ticket.client_name ?? "(unknown client)",
    priority: ticket.priority_id ?? 4,
    status: statuses[ticket.status_id ?? 1] ?? "open",
    openedAt: ticket.dateoccurred,
    site: ticket.site_name ?? null,
  };
}

/** The request for all tickets of a client that are not closed. */
export function listTickets(client: string): HaloRequest {
  return { method: "GET", path: "/api/tickets", query: { client_name: client, open_only: "true" } };
}

/** The request that raises a ticket's priority and says why. */
export function raisePriority(ticket: Ticket, priority: number, reason: string): HaloRequest {
  return {
    method: "POST",
    path: "/api/tickets",
    body: [{ id: ticket.id, priority_id: priority, note: reason }],
  };
}
