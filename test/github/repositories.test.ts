import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { octokitOf, refusalOf } from "./octokit.ts";
import { repositoryName, setScene } from "./scene.ts";

const getRepository = "GET /repos/{owner}/{repo}";

test("names are found whatever the case of their letters", async () => {
  const { octokit, repository } = await setScene();
  const { data } = await octokit.request(getRepository, { owner: "ACME-Inc", repo: "Modules" });
  expect(data).toMatchObject({
    id: repository.id,
    full_name: "acme-inc/modules",
    default_branch: "main",
    private: true,
  });
});

test("a renamed repository answers its old name with a redirect to its id, until the name is taken again", async () => {
  const { github, account, octokit, repository } = await setScene();
  await repository.rename("renamed");
  const manual = { ...repositoryName, ref: "heads/main", request: { redirect: "manual" as const } };
  const response = await octokit.request("GET /repos/{owner}/{repo}/git/ref/{ref}", manual);
  expect(response.status).toBe(301);
  expect(response.headers.location).toBe(`${github.apiUrl}/repositories/${repository.id}/git/ref/heads%2Fmain`);
  const { data: ref } = await octokit.request("GET /repos/{owner}/{repo}/git/ref/{ref}", {
    ...repositoryName,
    ref: "heads/main",
  });
  expect(ref.object.sha).toBe(await repository.head());
  const { data } = await octokit.request(getRepository, repositoryName);
  expect(data.full_name).toBe("acme-inc/renamed");
  const successor = await account.createRepository(repositoryName.repo);
  expect((await octokit.request(getRepository, repositoryName)).data.id).toBe(successor.id);
});

test("a transfer takes the repository from the old installation and is told to the new one alone", async () => {
  const { github, app, octokit, repository } = await setScene();
  const globex = github.createAccount("globex");
  const installation = await app.install(globex);
  await repository.transfer(globex);
  expect(github.deliveries.log.at(-1)).toMatchObject({ action: "transferred", installationId: installation.id });
  expect(await refusalOf(octokit.request(getRepository, repositoryName))).toMatchObject({ status: 404 });
  const { data } = await octokitOf(installation).request(getRepository, { owner: "globex", repo: "modules" });
  expect(data.id).toBe(repository.id);
});

test("a deleted repository is gone under its name and its id", async () => {
  const { octokit, repository } = await setScene();
  await repository.delete();
  expect(await refusalOf(octokit.request(getRepository, repositoryName))).toMatchObject({ status: 404 });
  const byId = octokit.request("GET /repositories/{id}", { id: repository.id });
  expect(await refusalOf(byId)).toMatchObject({ status: 404 });
});

test("an archived repository takes no push", async () => {
  const { repository } = await setScene();
  await repository.archive();
  await expect(repository.push({ files: { "c.ts": "" } })).rejects.toThrow("archived");
});

test("the role of a user is told in old words and new ones", async () => {
  const { github, octokit, repository } = await setScene();
  const asked = async (username: string) => {
    const request = "GET /repos/{owner}/{repo}/collaborators/{username}/permission";
    const { data } = await octokit.request(request, { ...repositoryName, username });
    return [data.permission, data.role_name];
  };
  const visitor = github.createAccount("visitor", { type: "User" });
  expect(await asked("developer")).toEqual(["write", "write"]);
  expect(await asked("visitor")).toEqual(["none", "none"]);
  repository.setRole(visitor, "maintain");
  expect(await asked("visitor")).toEqual(["write", "maintain"]);
  expect(await refusalOf(asked("nobody"))).toMatchObject({ status: 404 });
});

test("a repository can be made from a folder", async () => {
  const folder = await mkdtemp(join(tmpdir(), "folder-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "shared"));
  await mkdir(join(folder, ".git"));
  await writeFile(join(folder, ".git", "config"), "not a file of the repository");
  await writeFile(join(folder, "shared", "b.ts"), "from the folder");
  await symlink("shared/b.ts", join(folder, "link"));
  const { repository } = await setScene({ fromFolder: folder, files: { "a.ts": "more" } });
  const entries = await repository.git.tree("main", true);
  expect(entries.filter(({ type }) => type === "blob").map(({ path, mode }) => [path, mode])).toEqual([
    ["a.ts", "100644"],
    ["link", "120000"],
    ["shared/b.ts", "100644"],
  ]);
  expect(await repository.read("shared/b.ts")).toBe("from the folder");
});
