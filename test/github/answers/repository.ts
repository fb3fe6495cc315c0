// Repositories as the API and the webhooks write them.
import { apiTime, apiTimeOrNull, nodeId } from "../identifiers.ts";
import type { Repository } from "../repository.ts";
import { simpleUser } from "./account.ts";

// Addresses below a repository's own, by the key they stand under.
const addresses = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};

/** A repository as it stands in lists and inside other answers. */
export function repositoryAnswer(repository: Repository) {
  const { github, id, name, fullName, owner, apiUrl, htmlUrl } = repository;
  const host = new URL(github.serverUrl).host;
  const openIssues = repository.pulls.filter(({ state }) => state === "open").length;
  return {
    id,
    node_id: nodeId("R", id),
    name,
    full_name: fullName,
    private: repository.private,
    owner: simpleUser(owner),
    html_url: htmlUrl,
    description: null,
    fork: repository.parent !== undefined,
    url: apiUrl,
    ...Object.fromEntries(Object.entries(addresses).map(([key, path]) => [key, apiUrl + path])),
    git_url: `git://${host}/${fullName}.git`,
    ssh_url: `git@${host}:${fullName}.git`,
    clone_url: `${htmlUrl}.git`,
    svn_url: htmlUrl,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    size: 1,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: openIssues,
    open_issues_count: openIssues,
    default_branch: repository.defaultBranch,
    is_template: false,
    topics: [],
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    visibility: repository.private ? "private" : "public",
    pushed_at: apiTimeOrNull(repository.pushedAt),
    created_at: apiTime(repository.createdAt),
    updated_at: apiTime(repository.updatedAt),
    permissions: { admin: false, maintain: false, push: false, triage: false, pull: true },
  };
}

/** A repository asked for by itself. */
export function fullRepository(repository: Repository): Record<string, unknown> {
  const { owner, parent } = repository;
  return {
    ...repositoryAnswer(repository),
    // The API knows no repository that was never pushed to: it gives the time of its making.
    pushed_at: apiTime(repository.pushedAt ?? repository.createdAt),
    temp_clone_token: null,
    subscribers_count: 0,
    network_count: 0,
    custom_properties: {},
    ...(owner.type === "Organization" ? { organization: simpleUser(owner) } : {}),
    ...(parent === undefined ? {} : { parent: repositoryAnswer(parent), source: repositoryAnswer(parent) }),
  };
}

/** A repository as webhook payloads carry it. */
export function webhookRepository(repository: Repository) {
  const { permissions: _, ...rest } = repositoryAnswer(repository);
  return { ...rest, custom_properties: {} };
}

/** A repository as push payloads carry it: times in seconds since 1970, and names that no other payload has. */
export function pushRepository(repository: Repository) {
  const { owner, defaultBranch } = repository;
  return {
    ...webhookRepository(repository),
    owner: { name: owner.login, email: owner.email, ...simpleUser(owner) },
    url: repository.htmlUrl,
    created_at: Math.floor(repository.createdAt.getTime() / 1000),
    pushed_at: Math.floor((repository.pushedAt ?? repository.createdAt).getTime() / 1000),
    stargazers: 0,
    master_branch: defaultBranch,
    ...(owner.type === "Organization" ? { organization: owner.login } : {}),
  };
}

/** A repository as installation payloads list it. */
export function repositoryReference(repository: Repository) {
  const { id, name, fullName } = repository;
  return { id, node_id: nodeId("R", id), name, full_name: fullName, private: repository.private };
}
