// Where somebody goes once they have signed in: a path of this server and nothing else.

/**
 * The path and query in a text, or `/` where it leads anywhere else. Browsers read a path that begins with two slashes, or
 * with a slash and a backslash, as another host, and leave tabs and line ends out.
 */
export function returnPath(text: string | null | undefined): string {
  const here = "http://here.invalid";
  // It travels in a cookie, of which browsers take 4 KB with everything around it.
  if ((text?.length ?? 0) > 1_500) return "/";
  if (text === null || text === undefined || !text.startsWith("/")) return "/";
  const url = URL.parse(text, here);
  if (url === null || url.origin !== here || url.pathname.startsWith("//")) return "/";
  // Back to signing in would be a circle.
  return /^\/(?:login|logout)(?:\/|$)/.test(url.pathname) ? "/" : `${url.pathname}${url.search}`;
}
