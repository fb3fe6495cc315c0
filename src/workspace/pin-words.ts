// What is said to a person about a pin, at its line of the file. The same words in the check run, the command line and the
// pages.
import { bindingPath } from "./binding.ts";
import { lineOf } from "./binding-words.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { type OwnedPin, pinName } from "./pin.ts";
import type { Release } from "./release.ts";

/** Why a pin cannot be taken. */
export type PinRefusal =
  | { readonly kind: "unknown-revision"; readonly revision: number; readonly latest: number }
  | { readonly kind: "dropped-revision"; readonly revision: number; readonly name?: string }
  | { readonly kind: "unknown-release"; readonly name: string; readonly nearest: string | undefined }
  | { readonly kind: "release-without-revision"; readonly release: Pick<Release, "name" | "commit" | "repository"> }
  | { readonly kind: "conflict"; readonly organization: string; readonly stored: OwnedPin };

/** What a refused pin waits for, as a name: `release:v2`, or `revision:7`; null where nothing can come that it needs. */
export function awaitedBy(refusal: PinRefusal): string | null {
  switch (refusal.kind) {
    case "unknown-revision":
      return awaitedRevision(refusal.revision);
    case "unknown-release":
      return awaitedRelease(refusal.name);
    case "release-without-revision":
      return awaitedRelease(refusal.release.name);
    case "dropped-revision":
    case "conflict":
      return null;
    default:
      throw refusal satisfies never;
  }
}

/** The name of a release that something waits for. */
export function awaitedRelease(name: string): string {
  return `release:${name}`;
}

/** The name of a revision of global that something waits for. */
function awaitedRevision(revision: number): string {
  return `revision:${revision}`;
}

/** The finding that a refusal comes to. */
export function pinRefused(refusal: PinRefusal, manifestText: string): Diagnostic {
  return {
    code: "pin-refused",
    severity: "error",
    scope: null,
    path: bindingPath,
    line: lineOf("global", manifestText),
    column: 1,
    ...words(refusal),
  };
}

function words(refusal: PinRefusal): Required<Pick<Diagnostic, "message" | "remedy">> {
  switch (refusal.kind) {
    case "unknown-revision": {
      const { revision, latest } = refusal;
      return {
        message: `There is no revision ${revision} of global to be pinned to: ${latest === 0 ? "it has none yet" : `its latest is ${latest}`}`,
        remedy: latest === 0 ? 'Remove "global"' : `Write a revision from 1 to ${latest}, such as "global: ${latest}"`,
      };
    }
    case "dropped-revision": {
      const { revision, name } = refusal;
      const what = name === undefined ? "" : `, which the release ${JSON.stringify(name)} names,`;
      return {
        message: `Revision ${revision} of global${what} is too old to be pinned to: its files are not kept any more`,
        remedy: `Write a later revision, or ${name === undefined ? "a" : "another"} release`,
      };
    }
    case "unknown-release": {
      const { name, nearest } = refusal;
      return {
        message: `There is no release ${JSON.stringify(name)} of global to be pinned to`,
        remedy: `${nearest === undefined ? "" : `Did you mean "global: ${nearest}"? `}A release is a tag of a repository that feeds global: correct the name, or push the tag there`,
      };
    }
    case "release-without-revision": {
      const { name, commit, repository } = refusal.release;
      return {
        message: `The release ${JSON.stringify(name)} names no revision of global: its commit ${commit.slice(0, 7)} was never the head of ${repository} when that was synced`,
        remedy:
          "Pin to a revision by its number, or to a release whose commit was pushed as a head of the default branch",
      };
    }
    case "conflict": {
      const { organization, stored } = refusal;
      return {
        message: `"${organization}" is pinned to ${pinName(stored)} of global by ${stored.owner}, and an organisation has one pin`,
        remedy: `Remove "global" here, or change it in ${stored.owner} first`,
      };
    }
    default:
      throw refusal satisfies never;
  }
}

/**
 * The pin of a folder that is looked at without a server, as a notice: a folder has no revisions, so what was given for global
 * is taken as it is.
 */
export function pinIgnored(named: number | string, globalFolder: string | undefined, manifestText: string): Diagnostic {
  const what = typeof named === "number" ? `revision ${named}` : `the release ${JSON.stringify(named)}`;
  const taken =
    globalFolder === undefined
      ? "no folder was given for global, so nothing of it is seen here"
      : `the folder given as --global is taken as it is, whichever revision that may be`;
  const commit =
    typeof named === "number" ? `the commit that "bifrost log global" shows for ${what}` : `the tag ${named}`;
  return {
    code: "pin-ignored",
    severity: "notice",
    message: `The file pins the organisation to ${what} of global: ${taken}`,
    scope: null,
    path: bindingPath,
    line: lineOf("global", manifestText),
    column: 1,
    remedy: `Check out ${commit} in the folder given as --global; the check of a pull request honours the pin`,
  };
}

/** A pin that is meant to hold no longer, as a warning; nothing where its day has not passed. `today` is `YYYY-MM-DD`. */
export function pinExpired(until: string | null, today: string, manifestText: string): Diagnostic[] {
  if (until === null || until >= today) return [];
  return [
    {
      code: "pin-expired",
      severity: "warning",
      message: `The pin was meant to hold until ${until}, which has passed: it holds all the same`,
      scope: null,
      path: bindingPath,
      line: lineOf("pinned_until", manifestText),
      column: 1,
      remedy: 'Pin to a later revision, remove "global", or write a later day',
    },
  ];
}
