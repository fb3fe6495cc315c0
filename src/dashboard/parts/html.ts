// HTML as a value. Whatever is put into the template is escaped, unless it is such a value itself.
import { html, raw } from "hono/html";

/** `raw` takes text that is HTML already. */
export { html, raw };
export type Html = Awaited<ReturnType<typeof html>> | Promise<Awaited<ReturnType<typeof html>>>;
