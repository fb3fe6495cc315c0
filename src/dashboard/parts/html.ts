// HTML as a value. Whatever is put into the template is escaped, unless it is such a value itself.
import { html } from "hono/html";

export { html };
export type Html = Awaited<ReturnType<typeof html>> | Promise<Awaited<ReturnType<typeof html>>>;
