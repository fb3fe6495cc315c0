// What an address asks for, read by a schema. A page shrugs off what it does not understand, for people edit addresses; the
// API refuses it, for programs would never notice.
import type { z } from "zod";
import { Fault } from "../errors.ts";

/** The query of a page: what does not fit the schema is as if it were not there. */
export function pageQuery<Schema extends z.ZodObject>(schema: Schema, url: URL): z.infer<Schema> {
  const given = fieldsOf(url);
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  for (const { path } of read.error.issues) delete given[`${String(path[0])}`];
  return schema.parse(given);
}

/** The query of the API. Throws `Fault` `query-invalid` where it does not fit the schema. */
export function apiQuery<Schema extends z.ZodObject>(schema: Schema, url: URL): z.infer<Schema> {
  const given = fieldsOf(url);
  const unknown = Object.keys(given).filter((name) => !(name in schema.shape));
  const read = schema.safeParse(given);
  const problems = [
    ...unknown.map((name) => `${name}: is not known here`),
    ...(read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`)),
  ];
  if (problems.length > 0 || !read.success)
    throw new Fault("query-invalid", `Cannot read the query: ${problems.join("; ")}`);
  return read.data;
}

/** The last value of each name; an empty one is as if it were not there, as forms send every field. */
function fieldsOf(url: URL): Record<string, string> {
  // Postgres takes no text with it, and nobody types it.
  if (url.search.includes("%00"))
    throw new Fault("query-invalid", "Cannot read the query: it holds the character U+0000");
  return Object.fromEntries([...url.searchParams].filter(([, value]) => value !== ""));
}
