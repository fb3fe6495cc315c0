// Accounts as the API writes them.
import type { Account } from "../account.ts";
import { nodeId } from "../identifiers.ts";

/** A user or organisation in short, as it stands wherever an account is mentioned. */
export function simpleUser(account: Account) {
  const { github, id, login, type } = account;
  const url = `${github.apiUrl}/users/${login}`;
  return {
    login,
    id,
    node_id: nodeId(type === "User" ? "U" : "O", id),
    avatar_url: `${github.serverUrl}/avatars/${id}`,
    gravatar_id: "",
    url,
    html_url: `${github.serverUrl}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** An organisation as webhook payloads mention it. */
export function organizationSimple(account: Account) {
  const { github, id, login } = account;
  const url = `${github.apiUrl}/orgs/${login}`;
  return {
    login,
    id,
    node_id: nodeId("O", id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${github.serverUrl}/avatars/${id}`,
    description: null,
  };
}
