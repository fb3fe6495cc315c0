// Acme's HaloPSA: sites are in a custom field and priorities run the other way. Takes the place of the global module,
// for Acme's own workflows and for global modules that run for Acme.

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

export interface HaloTicket {
  id: number;
  summary?: string;
  client_name?: string;
  priority_id?: number;
  status_id?: number;
  dateoccurred: string;
  customfields?: { name: string; value: string }[];
}

const statuses: Record<number, Ticket["status"]> = { 1: "new", 2: "open", 3: "waiting", 20: "closed" };

/** Reads a ticket of Acme's HaloPSA, where 4 is the most urgent priority. */
export function toTicket(ticket: HaloTicket): Ticket {
  return {
    id: ticket.id,
    summary: ticket.summary ?? "(no summary)",
    client: ticket.client_name ?? "Acme",
    priority: 5 - (ticket.priority_id ?? 1),
    status: statuses[ticket.status_id ?? 1] ?? "open",
    openedAt: ticket.dateoccurred,
    site: ticket.customfields?.find(({ name }) => name === "CFSite")?.value ?? null,
  };
}

export function listTickets(client: string) {
  return { method: "GET", path: "/api/tickets", query: { client_name: client, open_only: "true", team: "acme" } };
}

export function raisePriority(ticket: Ticket, priority: number, reason: string) {
  return {
    method: "POST",
    path: "/api/tickets",
    body: [{ id: ticket.id, priority_id: 5 - priority, note: `[auto] ${reason}` }],
  };
}
