// GitHub moves a renamed repository's addresses with redirects. They are followed by hand, so that a redirect can never
// carry a token to another host or make the server fetch an address of somebody else's choice.
import { Fault } from "../errors.ts";
import type { Octokit, RequestAnswer, RequestOptions } from "./connection.ts";

// GitHub answers a renamed repository with one redirect; a chain of renames is collapsed on its side.
const hopsMax = 3;

/** Takes a request's answer and gives the one that its redirect leads to, if it is one. Other hosts are refused. */
export async function followRedirect(
  octokit: Octokit,
  request: RequestOptions,
  answer: RequestAnswer,
): Promise<RequestAnswer> {
  if (![301, 302, 307, 308].includes(answer.status)) return answer;
  if (answer.data instanceof ReadableStream) await answer.data.cancel();
  const { method, url, body } = octokit.request.endpoint(request);
  const location = URL.parse(`${answer.headers.location ?? ""}`, url);
  const hop = Number(request.request.hop ?? 0) + 1;
  const repeatable = answer.status >= 307 || method === "GET";
  if (location === null || location.origin !== new URL(url).origin || !repeatable || hop > hopsMax) {
    throw new Fault("github-rejected", `GitHub redirects ${method} ${new URL(url).pathname} to where nobody follows`, {
      remedy: "Check that GITHUB_API_URL is the address at which the API itself answers",
    });
  }
  // The parameters of the first address are part of the second one already, so only the body goes along.
  return await octokit.request({
    method,
    url: location.href,
    headers: request.headers,
    mediaType: request.mediaType,
    request: { ...request.request, hop },
    ...(body !== undefined && { data: body }),
  });
}
