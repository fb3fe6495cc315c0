// A repository as one compressed tar: the redirect of the API, and the download it leads to.
import type { Route } from "../exchange.ts";
import { notFound } from "../refusal.ts";
import { refuseEmpty } from "./git-database.ts";

export const archiveRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/tarball/{ref}",
    access: { as: "installation", permission: ["contents", "read"] },
    answer: async ({ github, repository, path }) => {
      refuseEmpty(repository);
      const commit = await repository.git.commit(path.ref ?? repository.defaultBranch);
      if (commit === undefined) throw notFound();
      const link = github.downloads.add(repository, commit.sha);
      return { status: 302, headers: { location: `${github.serverUrl}/codeload/${link}` } };
    },
  },
  {
    method: "GET",
    path: "/codeload/{link}",
    access: { as: "anyone" },
    isUndescribed: true,
    answer: async ({ github, path }) => {
      const download = github.downloads.find(path.link ?? "");
      if (download === undefined) throw notFound();
      const { repository, sha } = download;
      const prefix = `${repository.owner.login}-${repository.name}-${sha.slice(0, 7)}`;
      return {
        status: 200,
        headers: { "content-disposition": `attachment; filename=${prefix}.tar.gz` },
        body: await repository.git.archive(sha, prefix),
        contentType: "application/x-gzip",
      };
    },
  },
];
