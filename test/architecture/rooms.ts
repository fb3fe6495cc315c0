// The rooms of src/ and what each may know of the others: ARCHITECTURE.md says it in prose, this table holds it.

export interface Room {
  /** Rooms whose values it may import; everything else of them is erased before it runs. */
  readonly values: readonly string[];
  /** Rooms of which it may import types besides. */
  readonly types: readonly string[];
  /** Packages that it may load. */
  readonly packages: readonly string[];
  /** Packages of which it may import types besides. */
  readonly packageTypes: readonly string[];
  /** Whether it may import Node's own modules. */
  readonly builtins: boolean;
  /** Why it may not import more, as the end of a sentence. */
  readonly reason: string;
}

/** May import everything: it builds the edges and hands them to the ways. */
export const compositionRoots: readonly string[] = [
  "main.ts",
  "cli/main.ts",
  "cli/serve.ts",
  "cli/examine.ts",
  "cli/create-app.ts",
];

const core = {
  types: [],
  packageTypes: [],
  builtins: false,
  reason: "the core is values and rules: it does no IO and cannot be made to wait or to fail by anything outside",
} as const;

const edge = {
  values: ["workspace", "errors.ts", "digest.ts", "recent.ts", "resident.ts", "orphan.ts"],
  types: [],
  // A log is handed in.
  packageTypes: ["pino"],
  builtins: true,
  reason:
    "an edge knows one thing outside and the core's words: whoever needs two edges is a way, and takes them as arguments",
} as const;

const edges = ["github", "store", "cache", "jobs", "sandbox", "http"] as const;

const way = {
  types: edges,
  packages: [],
  packageTypes: ["pino"],
  builtins: true,
  reason:
    "a way is handed its edges and imports only their types, so that its test loads neither a database nor an isolate",
} as const;

const ownFile = {
  values: [],
  types: [],
  packages: [],
  packageTypes: [],
  builtins: false,
  reason: "every room may import it, so whatever it imports is imported everywhere",
} as const;

export const rooms: Readonly<Record<string, Room>> = {
  "errors.ts": ownFile,
  "recent.ts": ownFile,
  "resident.ts": { ...ownFile, builtins: true },
  "orphan.ts": { ...ownFile, builtins: true },
  // What child processes give up before they touch what strangers wrote.
  confinement: { ...ownFile, builtins: true },
  "digest.ts": { ...ownFile, types: ["workspace"], builtins: true },
  "log.ts": { ...ownFile, values: ["workspace"], packages: ["pino", "@opentelemetry/api"], builtins: true },
  "environment.ts": { ...ownFile, packages: ["zod"] },
  "config.ts": { ...ownFile, values: ["environment.ts", "errors.ts"], packageTypes: ["zod"], builtins: true },

  workspace: { ...core, values: ["errors.ts"], packages: [] },
  link: { ...core, values: ["workspace", "errors.ts"], packages: ["oxc-parser"] },
  manifest: { ...core, values: ["workspace", "errors.ts"], packages: ["yaml", "zod", "ignore"] },

  github: {
    ...edge,
    packages: ["@opentelemetry/api", "probot", "@octokit/auth-app", "@octokit/webhooks", "pino", "zod"],
  },
  store: {
    ...edge,
    packages: [
      "@mikro-orm/core",
      "@mikro-orm/migrations",
      "@mikro-orm/postgresql",
      "pg",
      "@electric-sql/pglite",
      "@electric-sql/pglite-socket",
    ],
  },
  cache: { ...edge, packages: ["cluster-key-slot", "ioredis"] },
  jobs: { ...edge, packages: ["@opentelemetry/api", "pg-boss"] },
  sandbox: {
    ...edge,
    values: [...edge.values, "confinement"],
    packages: ["@opentelemetry/api", "isolated-vm", "oxc-parser"],
  },
  http: { ...edge, packages: ["@opentelemetry/api"] },
  telemetry: {
    ...edge,
    packages: [
      "@opentelemetry/api",
      "@opentelemetry/context-async-hooks",
      "@opentelemetry/core",
      "@opentelemetry/exporter-prometheus",
      "@opentelemetry/exporter-trace-otlp-http",
      "@opentelemetry/resources",
      "@opentelemetry/sdk-metrics",
      "@opentelemetry/sdk-trace",
    ],
  },
  // The linker's own parsing, in a process that may die of it.
  parsing: {
    ...edge,
    values: ["workspace", "link", "confinement", "errors.ts", "resident.ts", "orphan.ts"],
    packages: [],
  },

  // It looks whether forms are YAML.
  run: { ...way, values: ["workspace", "link", "recent.ts", "errors.ts", "digest.ts"], packages: ["yaml"] },
  // It compares texts line by line.
  history: { ...way, values: ["workspace", "errors.ts"], packages: ["diff"] },
  // It follows the imports of one module, which is the linker's to say, and forgets in time what it read.
  catalog: { ...way, types: [...edges, "history"], values: ["workspace", "link", "history", "recent.ts", "errors.ts"] },
  intake: { ...way, values: ["workspace", "errors.ts"] },
  bind: { ...way, values: ["workspace", "manifest", "errors.ts"] },
  sync: { ...way, values: ["workspace", "manifest", "bind", "errors.ts", "digest.ts"] },
  blast: { ...way, values: ["workspace", "link", "run", "errors.ts", "digest.ts"] },
  check: {
    ...way,
    types: edges.filter((name) => name !== "cache"),
    values: ["workspace", "link", "manifest", "bind", "run", "blast", "history", "errors.ts", "digest.ts"],
    reason: "a check is handed its edges, of which none can write what is stored or served",
  },
  acts: { ...way, values: ["workspace", "errors.ts"] },
  buttons: { ...way, values: ["workspace", "acts", "errors.ts"] },
  sweep: { ...way, values: ["workspace", "errors.ts"] },
  // Its two pages are HTML, and app.yml is YAML.
  registration: { ...way, values: ["workspace", "errors.ts"], packages: ["hono", "yaml", "zod"] },
  // It signs people in, and colours what it shows.
  dashboard: {
    ...way,
    types: [...edges, "link"],
    values: ["workspace", "manifest", "history", "catalog", "acts", "errors.ts", "digest.ts", "recent.ts"],
    packages: ["hono", "highlight.js", "jose", "markdown-it", "zod"],
  },
  doctor: { ...way, types: [...edges, "config.ts"], values: ["workspace", "errors.ts", "digest.ts"] },
  cli: {
    ...way,
    // The roles that the program starts in, and what an examination finds.
    types: [...edges, "parsing", "main.ts", "doctor", "registration"],
    values: [
      "workspace",
      "link",
      "manifest",
      "run",
      "sync",
      "check",
      "history",
      "acts",
      "config.ts",
      "log.ts",
      "errors.ts",
      "digest.ts",
    ],
    packages: ["commander", "zod"],
  },
};
