// An organisation over a global scope on a real database, fed by pushes of plain text.
import { createCatalogMemory } from "../../src/catalog/memory.ts";
import { createRecordCache } from "../../src/link/record-cache.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store, SyncChange } from "../../src/store/store.ts";
import { grantOperator, type OperatorScope, type WritableScope } from "../../src/workspace/grant.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { boundRepository, sampleChange, sampleScope } from "../store/sample.ts";
import { createTestDatabase } from "../support/postgres.ts";

export type Files = Readonly<Record<string, string>>;

/** A scope that can be pushed to. */
export interface Pushed {
  readonly granted: WritableScope;
  readonly repositoryId: number;
  /** Gives the revision that the push made. */
  push(files: Files, deletes?: readonly string[], rest?: Partial<SyncChange>): Promise<number>;
}

export interface CatalogScene {
  readonly store: Store;
  readonly edges: {
    readonly store: Store;
    readonly memory: ReturnType<typeof createCatalogMemory>;
    readonly records: ReturnType<typeof createRecordCache>;
  };
  readonly operator: OperatorScope;
  readonly global: Pushed;
  organization(): Promise<Pushed>;
  close(): Promise<void>;
}

export async function catalogScene(): Promise<CatalogScene> {
  const database = await createTestDatabase();
  const store = await connectStore({ url: database.url });
  const operator = grantOperator(globalScope);
  const pushedTo = async (granted: WritableScope): Promise<Pushed> => {
    const { id } = await boundRepository(store, granted);
    return {
      granted,
      repositoryId: id,
      push: async (files, deletes, rest) =>
        (await store.applySync(granted, { ...sampleChange(id, files, deletes), ...rest })).revision,
    };
  };
  return {
    store,
    edges: { store, memory: createCatalogMemory(), records: createRecordCache() },
    operator,
    global: await pushedTo(operator),
    organization: async () => pushedTo(await sampleScope(store)),
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}
