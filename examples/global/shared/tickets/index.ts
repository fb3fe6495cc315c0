// Everything about tickets that does not depend on where they come from.
export { hoursLeft, isOverdue } from "./deadline.ts";
export { byUrgency } from "./order.ts";
