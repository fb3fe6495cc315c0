// The truth, as the ways see it. Files are read and written by scope, and only with the proof that the scope was
// granted; MikroORM's entities never leave this folder.

import type { ReportPlace } from "../workspace/addresses.ts";
import type { AuditRecord } from "../workspace/audit.ts";
import type { BlastRadius } from "../workspace/blast.ts";
import type { CheckRecord, CheckSubject, MergeGroup } from "../workspace/check.ts";
import type { FileContent, StoredFile, UnreadableBlob } from "../workspace/file.ts";
import type { FullReport } from "../workspace/full-report.ts";
import type { Grant, GrantedScope, ListedGrant, OperatorScope, WritableScope } from "../workspace/grant.ts";
import type { GrantRefusal, GrantRequest } from "../workspace/grant-request.ts";
import type { ContentHash, LayerFiles } from "../workspace/layer.ts";
import type { PathConflict } from "../workspace/ownership.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { OwnedPin, WantedPin } from "../workspace/pin.ts";
import type { SyncProgress } from "../workspace/progress.ts";
import type { PushedTag, Release, ReleaseChanges, Tag } from "../workspace/release.ts";
import type {
  BindingState,
  Hold,
  Installation,
  Repository,
  RepositoryFacts,
  SyncReport,
} from "../workspace/repository.ts";
import type { FileVersion, Moment, Revision } from "../workspace/revision.ts";
import type { Rollback } from "../workspace/rollback.ts";
import type { Organization, Scope } from "../workspace/scope.ts";
import type { Quota, Trouble, Troubles } from "../workspace/trouble.ts";
import type { RevisionState } from "./history.ts";
import type { StartedFrom } from "./started-from.ts";
import type { SweepRecords } from "./sweep-records.ts";

/** Runs SQL on the connection of an open transaction, so that another library's rows commit or roll back with ours. */
export interface SqlExecutor {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** A webhook delivery as it is recorded. A redelivery carries the GUID of the original. */
export interface DeliveryRecord {
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly state: DeliveryState;
  /** What became of it, for the delivery log: the jobs that it queued, or why it queued none. */
  readonly outcome: string;
  /** What was pushed where, and by whom, for those that tell of a push. */
  readonly commit?: string | null;
  readonly ref?: string | null;
  readonly sender?: string | null;
}

/**
 * - `received`: it arrived and could not be taken in; its redelivery is taken in as if it were the first.
 * - `queued`: taken in, and jobs look at what it was about.
 * - `ignored`: taken in, and there was nothing to look at.
 */
export type DeliveryState = "received" | "queued" | "ignored";

/** A scope's files as they stood at one moment. */
export interface ScopeSnapshot {
  readonly scope: Scope;
  /** 0 where nothing was ever synced. */
  readonly revision: number;
  /** The revision of global that an organisation is pinned to; null: it follows global. */
  readonly pin: number | null;
  readonly files: LayerFiles;
}

/** Contents by path, such as a sync has just written. */
export type ContentsAtHand = ReadonlyMap<WorkspacePath, { readonly hash: ContentHash; readonly content: string }>;
/** A live file, and the `owner/name` of the repository that brought it; null where none did. */
export interface OwnedFile extends StoredFile {
  readonly owner: string | null;
}

/** A scope's files with their repositories, as they stood at one moment. */
export interface OwnedSnapshot {
  /** By which its contents can be read, at the revision of a pin where there is one. */
  readonly granted: GrantedScope;
  readonly scope: Scope;
  /** 0 where nothing was ever synced. */
  readonly revision: number;
  readonly files: readonly OwnedFile[];
}

/** A scope and the layers below it as of one moment, highest first. */
export interface LayersAt {
  /** The revision of global that an organisation was pinned to then; null: it followed global. */
  readonly pin: Revision["pin"];
  readonly layers: readonly {
    readonly granted: GrantedScope;
    /** 0 where nothing was synced by then. */
    readonly revision: number;
    /** The revision itself; null for 0. */
    readonly made: Revision | null;
    readonly files: LayerFiles;
  }[];
}

/** What changed in a scope after a revision: enough to bring a cache from there to `revision`. */
export interface ScopeChanges {
  /** The revision from which they lead; undefined: they are everything, whatever was asked for. */
  readonly from: number | undefined;
  readonly revision: number;
  /** The revision of global that an organisation is pinned to by then; null: it follows global. */
  readonly pin: number | null;
  readonly upserts: readonly { readonly path: WorkspacePath; readonly hash: ContentHash; readonly content: string }[];
  readonly deletes: readonly WorkspacePath[];
}

/**
 * Every version of an organisation's files that hide, or ever hid, something of the layer below, and of what they hide,
 * as they stood at one moment. No contents. `below.granted` is at the organisation's pin, `below.revision` the revision
 * that is seen of it; the versions are all that ever were.
 */
export interface OverrideVersions {
  readonly revision: number;
  readonly own: readonly FileVersion[];
  readonly below: {
    readonly granted: GrantedScope;
    readonly revision: number;
    readonly versions: readonly FileVersion[];
  };
}

/** A layer at one of its revisions. */
export interface LayerAt {
  /** By which its contents can be read, at the revision of a pin where there is one. */
  readonly granted: GrantedScope;
  /** 0 where nothing was ever synced. */
  readonly revision: number;
  /** Stands for that revision and no other, also where its number was given out anew; empty before the first. */
  readonly key: string;
}

/** What a scope sees, by revisions alone, as it stood at one moment. */
export interface LayersNow {
  /** The scope's own layer, then what it sees below. */
  readonly layers: readonly LayerAt[];
  /** The pin that a layer below is seen at. */
  readonly pin: Revision["pin"];
  /** Global as it is for those who follow it, where the scope is pinned; else null. */
  readonly latest: LayerAt | null;
}

/** A file of a layer, with the revision that wrote it. */
export interface ListedFile extends Omit<StoredFile, "gitSha"> {
  readonly revision: number;
}

/** One sync's writes. Everything of it is stored, or nothing. */
export interface SyncChange {
  readonly repositoryId: number;
  readonly commit: string;
  /**
   * Where the repository stood when the change was begun, before its head was asked for. Where another sync came first,
   * the change was worked out from files that are not there any more, and perhaps for a head that is not the newest.
   */
  readonly startedFrom?: StartedFrom;
  readonly author: string;
  readonly committedAt: Date;
  readonly upserts: readonly FileContent[];
  /**
   * Paths that the tree holds and other repositories brought, so that nobody read them. Where one of them belongs to no
   * other by now, the change is given up with `sync-overtaken`.
   */
  readonly refused?: readonly WorkspacePath[];
  /** Paths to delete; those that the repository does not own are left alone. */
  readonly deletes: readonly WorkspacePath[];
  /**
   * Every blob of the commit's tree that was read and cannot be stored, in place of what was known of the repository;
   * left out where that is what is known already.
   */
  readonly unreadable?: readonly UnreadableBlob[];
  /**
   * What the commit's file says of the organisation's pin, null where it names none; left out, nothing is said of it.
   * The revision must be one that is kept: see `globalRevision`.
   */
  readonly pin?: WantedPin | null;
  /** Built with the revision and with the paths that other repositories own, and stored in the same transaction. */
  readonly report: (outcome: SyncOutcome) => SyncReport;
}

export interface SyncOutcome {
  /** The revision made, or the scope's present one where nothing changed. */
  readonly revision: number;
  readonly changed: boolean;
  readonly upserts: readonly WorkspacePath[];
  readonly deletes: readonly WorkspacePath[];
  /** Paths that another repository brought first. They were not written. */
  readonly conflicts: readonly PathConflict[];
  /** Where the organisation sees another revision of global from now on; null: it follows global. */
  readonly pin?: { readonly from: number | null; readonly to: number | null; readonly release: string | null };
}

/** An organisation's pin, and by how much it is behind global. */
export interface PinLag {
  readonly scope: Scope;
  readonly pin: OwnedPin;
  /** Global's latest revision. */
  readonly latest: number;
  /** Files that differ between the two. */
  readonly filesBehind: number;
  /** When the first revision came that the organisation does not see; null where it sees all. */
  readonly behindSince: Date | null;
  /** What the release that the pin names is by now; null where it names none, or where there is no such release any more. */
  readonly release: Pick<Release, "revision" | "gone"> | null;
}

/** What a list tells of a scope. */
export interface ScopeFacts {
  readonly scope: Scope;
  /** The organisation's name, or `Global`. */
  readonly name: string;
  /** 0 where nothing was ever synced. */
  readonly revision: number;
  /** When its last revision was made. */
  readonly changedAt: Date | null;
  /** How many repositories feed it or fed it last. */
  readonly repositories: number;
  /** How many of those are not `bound` at present. */
  readonly stuck: number;
  /** The revision of global that it is pinned to; null where it follows global. */
  readonly pin: number | null;
  /** The past revision that it is held at; null where it follows its repositories. */
  readonly rolledBackTo: number | null;
}

/** What came of a claim to renew a sign-in: it is the caller's turn, or somebody else's, or the answer is there. */
export type RenewalClaim =
  | { readonly kind: "claimed" | "under-way" | "ended" }
  | { readonly kind: "renewed"; readonly successor: string };

/** A scope, and some of the repositories that are bound to it. */
export interface ScopeBinding {
  readonly scope: Scope;
  /** The organisation's name, or `Global`. */
  readonly name: string;
  readonly repositoryIds: readonly number[];
}

/** What a repository brought to a scope and a purge would take out. */
export interface Served {
  readonly scope: Scope;
  /** How many live files. */
  readonly files: number;
  /** Whether it set the organisation's pin. */
  readonly pins: boolean;
  /** Whether something that it brought comes back when the scope's rollback ends. */
  readonly returns: boolean;
}

/** What names a check: its subject at a commit. */
export type CheckKey = Pick<CheckRecord, "repositoryId" | "subject" | "headSha">;

/** A blast radius, and when it was found at which commit. */
export interface RecordedBlast {
  readonly headSha: string;
  readonly at: Date;
  readonly radius: BlastRadius;
}

/** What is known of a report besides what it says. */
export interface RecordedReport extends ReportPlace {
  /** `owner/name` of its repository. */
  readonly repository: string;
  readonly conclusion: string;
  readonly title: string;
  readonly at: Date;
}

/** What check runs say in full. */
export interface CheckReports {
  /** Keeps a report in place of the last one of its place. Null: its repository feeds no scope. */
  saveReport(place: ReportPlace, scope: Scope | null, report: FullReport): Promise<void>;
  /** A report of the scope; null: one of a repository that fed none, which whoever reads the repository may see. */
  report(
    granted: GrantedScope | null,
    place: ReportPlace,
  ): Promise<(RecordedReport & { readonly report: FullReport }) | undefined>;
  /** Reports of a scope, newest first, and how many there are; `total` is 0 past the end. */
  reports(
    granted: GrantedScope,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly reports: readonly RecordedReport[]; readonly total: number }>;
}

/** What may be read with a grant, and what the check is allowed: nothing here writes a file. */
export interface ScopeReader {
  /**
   * A scope's files by path and hash, now or as they were at a revision; of the past, without the pin. Throws `Fault`
   * `unknown-revision` or `revision-dropped`.
   */
  snapshot(granted: GrantedScope, revision?: number): Promise<ScopeSnapshot>;
  /**
   * A scope and every layer below it, highest first, as they stood at one and the same moment. Global is seen as by the
   * organisation's pin, or as by the one that is given; null follows global.
   */
  ownedSnapshots(granted: GrantedScope, pin?: number | null): Promise<OwnedSnapshot[]>;
  /** Which revisions a scope and the layer below it are at. */
  layersNow(granted: GrantedScope): Promise<LayersNow>;
  /** The files of a scope at a revision, in no order. Throws `Fault` `unknown-revision` or `revision-dropped`. */
  listLayer(granted: GrantedScope, revision: number): Promise<ListedFile[]>;
  /** Revisions of a scope by number; those that it does not have are absent. */
  revisionsNumbered(granted: GrantedScope, numbers: readonly number[]): Promise<Map<number, Revision>>;
  /**
   * A scope and every layer below it by path and hash, all as they were at one moment: now, or a past one of the scope. Throws
   * `Fault` `unknown-revision` or `revision-dropped`.
   */
  layersAt(granted: GrantedScope, moment?: Moment): Promise<LayersAt>;
  /** How a scope is held at a past revision; null where it follows its repositories. */
  rollbackOf(granted: GrantedScope): Promise<Rollback | null>;
  /** An organisation's pin; null where it follows global. */
  pinOf(granted: GrantedScope): Promise<OwnedPin | null>;
  /**
   * Contents of files by path: of live ones, or of those that were live at a past revision where one is named. Paths that
   * the scope does not hold are absent from the answer. Throws `Fault` `unknown-revision` or `revision-dropped`.
   */
  contents(
    granted: GrantedScope,
    paths: readonly WorkspacePath[],
    revision?: number,
  ): Promise<Map<WorkspacePath, { readonly hash: ContentHash; readonly content: string }>>;
  /** Those of these paths that other repositories brought, be it in another case. */
  pathsOfOthers(
    granted: GrantedScope,
    repositoryId: number,
    paths: readonly WorkspacePath[],
  ): Promise<readonly WorkspacePath[]>;
  /** How many live files a scope holds. */
  countFiles(granted: GrantedScope): Promise<number>;
  /** Every live file of a scope that a repository brought, by path. */
  filesOfRepository(granted: GrantedScope, repositoryId: number): Promise<ReadonlyMap<WorkspacePath, StoredFile>>;
  /**
   * All live files changed since a revision, read in one snapshot; `undefined` asks for everything, which is also the
   * answer where retention has dropped what led here. Contents that the caller has at hand are not read again where their
   * hashes are those that are stored.
   */
  changesSince(granted: GrantedScope, revision: number | undefined, atHand?: ContentsAtHand): Promise<ScopeChanges>;
  /** Revisions, newest first; those before a number where one is named. */
  revisions(granted: GrantedScope, limit: number, before?: number): Promise<Revision[]>;
  /**
   * A scope exactly as it was at a past revision, with contents. Throws `Fault` `unknown-revision`, or
   * `revision-dropped` where retention has dropped it.
   */
  filesAt(granted: GrantedScope, revision: number): Promise<FileContent[]>;
  /** One revision, or `undefined` where the scope has none of this number. */
  revision(granted: GrantedScope, number: number): Promise<Revision | undefined>;
  /** The number of the revision that a scope was at; 0 before the first. */
  revisionAt(granted: GrantedScope, moment: Date): Promise<number>;
  /** Everything that was ever at these paths, oldest first. */
  versions(granted: GrantedScope, paths: readonly WorkspacePath[]): Promise<FileVersion[]>;
  /** Contents of files as they were at revisions, each in the place of what asked for it; `undefined` where none was. */
  contentsAt(
    granted: GrantedScope,
    wanted: readonly { readonly path: WorkspacePath; readonly revision: number }[],
  ): Promise<({ readonly hash: ContentHash; readonly content: string } | undefined)[]>;
  /** What there is to know of an organisation's overrides; `undefined` for global, which has no layer below. */
  overrideVersions(granted: GrantedScope): Promise<OverrideVersions | undefined>;
}

/**
 * Scopes, accounts, repositories and grants by their ids. Holds nobody's code. Who does something, `by`, goes into the record
 * of acts: see `Act` in `audit.ts` for its forms.
 */
export interface Registry extends SweepRecords, CheckReports {
  /** Throws `Fault` `organization-exists` where the slug is taken. The slug was checked by `slugProblem`. */
  createOrganization(slug: string, name: string, by: string): Promise<Organization>;
  /**
   * Gives an organisation another slug; its id, by which everything is kept, stays. Throws `Fault` `organization-exists` where
   * the slug is taken. The slug was checked by `slugProblem`.
   */
  renameOrganization(granted: WritableScope, slug: string, by: string): Promise<void>;
  organizations(): Promise<Organization[]>;
  /**
   * A page of scopes by slug, global first: of those that are named, or of all; of those whose slug or name holds the text
   * to search for. `total` counts all pages.
   */
  scopeFacts(asked: {
    readonly of?: readonly Scope[];
    readonly search: string;
    readonly limit: number;
    readonly offset: number;
  }): Promise<{ readonly items: readonly ScopeFacts[]; readonly total: number }>;
  /** The scope named by a slug, an id or `global`; `undefined` where there is none. */
  findScope(slugOrId: string): Promise<Scope | undefined>;

  /** Stands for the revisions that all organisations are at: while it stays the same, none of them was pushed to. */
  organizationsKey(operator: OperatorScope): Promise<string>;
  /** Which organisations hold a live file at these paths, by their ids: only an operator may ask across them. */
  overridingOrganizations(
    operator: OperatorScope,
    paths: readonly WorkspacePath[],
  ): Promise<Map<WorkspacePath, readonly string[]>>;

  installations(): Promise<Installation[]>;
  repositories(): Promise<Repository[]>;
  /** The scopes that any of these repositories are bound to, each with its name and those of them that are. */
  bindings(repositoryIds: readonly number[]): Promise<ScopeBinding[]>;
  repository(id: number): Promise<Repository | undefined>;
  /** Every repository that is bound to a scope, in reach or not. */
  repositoriesOf(granted: GrantedScope): Promise<Repository[]>;
  /** Which of these repositories are known and have the app. */
  knownRepositories(ids: readonly number[]): Promise<Set<number>>;
  repositoryByName(owner: string, name: string): Promise<Repository | undefined>;
  /** The numeric id of an account that has or had the app installed. */
  accountId(login: string): Promise<number | undefined>;

  /** Every grant that names this repository or its account. */
  grantsFor(repository: { readonly id: number; readonly accountId: number }): Promise<Grant[]>;
  grants(): Promise<Grant[]>;
  /** Every grant, or those of a scope, with whom it is for by name, by scope and name. */
  grantList(scope: Scope | null): Promise<ListedGrant[]>;
  /** Gives whether it was new. */
  addGrant(grant: Grant, by: string): Promise<boolean>;
  /** Gives whether there was one. */
  removeGrant(grant: Grant, by: string): Promise<boolean>;

  /** Every repository that asks for a scope which is not granted to it, whoever waits longest first. */
  grantRequests(): Promise<GrantRequest[]>;
  /** Who said no to a repository's last request for a scope, and to which file. */
  refusalOf(repositoryId: number, scope: Scope): Promise<GrantRefusal | undefined>;
  /** Says no to a repository that waits for the scope. Gives false where it does not. A grant ends the refusal. */
  refuseGrant(granted: WritableScope, repositoryId: number, by: string): Promise<boolean>;

  /** How far the sync of a repository has come; null: it is over. */
  saveProgress(repositoryId: number, progress: SyncProgress | null): Promise<void>;
  /** What was saved last. It may be left over from a process that died: ask the queue whether a sync runs. */
  progressOf(repositoryId: number): Promise<SyncProgress | undefined>;

  /** Records installations and repositories as GitHub now names them; what is known of them otherwise stays. */
  saveInstallation(installation: Installation): Promise<void>;
  /** The app was taken off an account: its repositories become detached. */
  removeInstallation(installationId: number): Promise<void>;
  saveRepositories(repositories: readonly RepositoryFacts[]): Promise<void>;
  /** The app was taken off these repositories: they become detached, and what they brought keeps serving. */
  detachRepositories(repositoryIds: readonly number[]): Promise<void>;

  /** Binds a repository for the first time. Throws `Fault` `binding-changed` where it is bound to another scope. */
  bindRepository(
    repositoryId: number,
    granted: WritableScope,
    from: { readonly by: string; readonly commit: string },
  ): Promise<void>;
  /**
   * Binds a repository to a scope whatever it was bound to: an operator's decision. What it brought to its former scope
   * keeps serving there until it is purged, and one that is out of reach stays so. Gives false where it is unknown.
   */
  rebindRepository(repositoryId: number, granted: WritableScope, by: string): Promise<boolean>;
  /**
   * Records why a repository was not synced. What is stored of it stays as it is. Throws `Fault` `sync-overtaken` where
   * another sync of it came first, or the app was taken off it.
   */
  recordStop(
    repositoryId: number,
    stop: {
      /** Where the repository stood before its head was asked for. */
      readonly startedFrom?: StartedFrom;
      readonly state: BindingState;
      readonly requestedScope: string | null;
      /** The git id of the file that asks, where the scope is not granted. */
      readonly requestedSha?: string | null;
      readonly report: SyncReport;
      /** Given where the state is `held`; any other stop ends what waited for an operator. */
      readonly hold?: Hold;
    },
  ): Promise<void>;
  /** An operator agrees to the deletes of the commit that is held. Gives false where another commit is, or none. */
  approveHold(repositoryId: number, commit: string, by: string): Promise<boolean>;
  /** A newer head was heard of. */
  recordWanted(repositoryId: number, commit: string): Promise<void>;
  /**
   * The same for many, by repository id, without waiting for anybody: a repository that is being synced is passed over,
   * as the next look at it finds its newest head anyway.
   */
  recordWantedHeads(commits: ReadonlyMap<number, string>): Promise<void>;
  /** How the last try of some work on a repository ended; null: well. */
  recordTrouble(repositoryId: number, work: keyof Troubles, trouble: Trouble | null): Promise<void>;
  recordQuota(installationId: number, quota: Quota): Promise<void>;
  /** Repositories of a scope whose last sync was refused a path that another one had brought, by id. */
  conflicted(granted: GrantedScope): Promise<number[]>;
  /** What a repository brought to which scopes, also to those that it does not feed any more. */
  served(repositoryId: number): Promise<Served[]>;
  /** The check run `bifrost/sync` for this commit was written; null: it is to be written again at the next sync. */
  recordReported(repositoryId: number, commit: string | null): Promise<void>;
  /** Every pin, in order of the organisations' slugs. */
  pins(): Promise<PinLag[]>;
  /** The revisions of global that any organisation is pinned to. */
  pinnedRevisions(): Promise<Set<number>>;
  /** Repositories that were refused because of the pin that their file names, by id. */
  pinRefused(): Promise<number[]>;
  /** Whether a revision of global is there to be pinned to, and the latest one's number. */
  globalRevision(revision: number): Promise<{ readonly state: RevisionState; readonly latest: number }>;
  /** The revision of global that a commit of a repository stands for; null where no sync has seen the commit. */
  globalRevisionOf(repositoryId: number, commit: string): Promise<number | null>;
  /** Releases, newest revision first. */
  releases(): Promise<Release[]>;
  release(name: string): Promise<Release | undefined>;
  /**
   * Records tags of a repository that feeds global: each names the revision of its commit. A tag that moved takes its
   * release along; where the tags are complete, those that are not among them are gone.
   */
  saveTags(
    repositoryId: number,
    tags: readonly Tag[],
    options: { readonly isComplete: boolean },
  ): Promise<ReleaseChanges>;
  /** Tags of a repository that deliveries told of, with what was said of each. Deliveries are kept for a week. */
  pushedTags(repositoryId: number): Promise<PushedTag[]>;
  /** Something was said of a tag on its commit. */
  recordReleaseWord(repositoryId: number, name: string, word: string): Promise<void>;
  /** What was said of the tags of a commit is to be said again. */
  forgetReleaseWords(repositoryId: number, commit: string): Promise<void>;
  /** Every scope that is rolled back. */
  rollbacks(): Promise<Rollback[]>;
  /** The record of acts, newest first; of one scope where one is named, and those before the one of an id. */
  audit(of: { readonly scope: Scope | null; readonly limit: number; readonly before?: number }): Promise<AuditRecord[]>;
  /**
   * Claims the one use of a refresh token, by its digest, until a time; what is known of it is kept for longer. A claim
   * whose time is over is anybody's.
   */
  claimRenewal(digest: string, times: { readonly until: Date; readonly keepUntil: Date }): Promise<RenewalClaim>;
  /**
   * What came of the use, sealed by the caller; null gives the claim back. Gives false, with nothing written, where the
   * session was ended meanwhile.
   */
  saveRenewal(digest: string, successor: string | null): Promise<boolean>;
  /** Nobody may use the refresh token any more, until it is worthless by itself. */
  endRenewals(digest: string, keepUntil: Date): Promise<void>;
  /** Blobs of the repository's last tree that were read and cannot be stored, by their git id. */
  unreadableBlobs(repositoryId: number): Promise<Map<string, UnreadableBlob>>;

  /** The last answer to a subject at a commit, if any. */
  check(repositoryId: number, subject: CheckSubject, headSha: string): Promise<CheckRecord | undefined>;
  /** Saves everything of a check but who allowed its code to run. */
  saveCheck(check: CheckRecord): Promise<void>;
  /** Records what a check found that a change of global would do to every organisation. */
  saveBlast(check: CheckKey, radius: BlastRadius): Promise<void>;
  /** The last one of a subject, at whichever commit. It names organisations: only an operator may see it. */
  blast(operator: OperatorScope, repositoryId: number, subject: CheckSubject): Promise<RecordedBlast | undefined>;
  /** Whoever works on a check says that it goes on. */
  renewCheck(check: CheckKey, leaseUntil: Date): Promise<void>;
  /** Somebody agrees to the run of a fork's code at this commit. Gives false where there is no check of it. */
  allowRun(check: CheckKey, by: string): Promise<boolean>;
  /** Everything that was checked at a commit, from our own records: GitHub names no pull requests from forks. */
  checksAt(repositoryId: number, headSha: string): Promise<CheckRecord[]>;
  /** Checks of a subject, at whichever commit, that have no answer yet. */
  openChecks(repositoryId: number, subject: CheckSubject): Promise<CheckRecord[]>;
  /** Checks without an answer whose lease is over, in repositories that the app reaches; the longest over first. */
  abandonedChecks(now: Date, limit: number): Promise<CheckKey[]>;
  /**
   * Checks that were refused for want of one of these names, or of a revision of global that is not later than this one
   * (see `awaitedBy`), and whose subject was not answered anew since; the last ones first.
   */
  awaitingChecks(
    wanted: { readonly names: readonly string[]; readonly revision: number },
    limit: number,
  ): Promise<CheckKey[]>;
  /** Checks of a repository whose answer waits for a person, such as for a grant. */
  waitingChecks(repositoryId: number): Promise<CheckRecord[]>;
  /** Which of these pull requests have no answer at their head, nor one that is being worked on, by number. */
  unansweredPulls(
    repositoryId: number,
    heads: readonly { readonly number: number; readonly headSha: string }[],
  ): Promise<number[]>;
  /** The merge group whose commit this is, if any. */
  mergeGroup(repositoryId: number, headSha: string): Promise<MergeGroup | undefined>;
  /** Records a merge group, or that it is over. */
  saveMergeGroup(group: MergeGroup): Promise<void>;

  /** Records a delivery, or adds an attempt to the one with the same GUID. What was taken in stays taken in. */
  recordDelivery(delivery: DeliveryRecord): Promise<void>;
  recordDeliveries(deliveries: readonly DeliveryRecord[]): Promise<void>;
  /** Whether a delivery with this GUID was taken in with all that it led to. */
  wasTakenIn(guid: string): Promise<boolean>;
}

/** What a rollback, or the end of one, did. */
export interface RollbackOutcome {
  readonly revision: number;
  readonly upserts: readonly WorkspacePath[];
  readonly deletes: readonly WorkspacePath[];
}

/** The store inside one transaction; everything done through it commits together. */
export interface StoreTransaction extends Registry {
  readonly sql: SqlExecutor;
  /**
   * Deletes everything that a repository brought to a scope, bound or not, in one revision whose author is `by`. Gives
   * the revision, or the present one where there was nothing to delete. Readers follow at the next refresh of the scope.
   */
  purgeRepository(
    granted: WritableScope,
    repositoryId: number,
    by: string,
  ): Promise<{ readonly revision: number; readonly deletes: readonly WorkspacePath[] }>;
  /** Drops revisions from before a moment, except those that are needed and the newest. Gives how many. */
  dropHistory(granted: WritableScope, before: Date): Promise<number>;
  /**
   * Makes a scope equal to a past revision, in one revision whose author is `by`, and holds it there: no sync writes to it
   * until `endRollback`. Throws `Fault` `unknown-revision` or `revision-dropped`.
   */
  rollBack(granted: WritableScope, target: number, by: string): Promise<RollbackOutcome>;
  /** Lets a scope follow its repositories again. Throws `Fault` `nothing-rolled-back`. */
  endRollback(granted: WritableScope, by: string): Promise<RollbackOutcome>;
}

export interface Store extends Registry, ScopeReader {
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
  transaction<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T>;
  /**
   * Writes a sync in one transaction: files, the revision, and the repository's commit and report. Syncs of one scope
   * wait for each other. Throws `Fault` `binding-changed` where the repository is not bound to the scope any more, and
   * `sync-overtaken` where it was synced since the change was begun.
   */
  applySync(granted: WritableScope, change: SyncChange): Promise<SyncOutcome>;
  /** Throws `Fault` `store-unavailable` or `store-outdated`. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
