// A file of a layer as a module of the graph. Source and record come when they are first asked for, because nodes stand
// for files before their content is there.
import type { ContentHash, LayeredFile } from "../workspace/layer.ts";
import { moduleUrl } from "../workspace/program.ts";
import type { FileNode } from "./node.ts";
import { languageOf } from "./parse.ts";
import { brokenRecord, type ModuleRecord } from "./record.ts";
import type { RecordCache } from "./record-cache.ts";

/** Makes the node of a file. Its `source` and `record` throw while `contentOf` does not give the file's content. */
export function createFileNode(
  file: LayeredFile,
  contentOf: (hash: ContentHash) => string | undefined,
  read: RecordCache["read"],
): FileNode {
  const url = moduleUrl(file.scope, file.path);
  let record: ModuleRecord | undefined;
  const readSource = () => {
    const source = contentOf(file.hash);
    if (source === undefined) throw new Error(`The content of ${url} was not added to the linker`);
    return source;
  };
  const readRecord = () => {
    const language = languageOf(file.path);
    return language === undefined ? notLinkable() : read(file.hash, language, readSource());
  };
  return {
    kind: "file",
    url,
    file,
    get source() {
      return readSource();
    },
    get record() {
      record ??= readRecord();
      return record;
    },
  };
}

function notLinkable(): ModuleRecord {
  const message = "The file is neither TypeScript nor JavaScript nor JSON, so it cannot be linked";
  return brokenRecord([{ code: "unsupported-syntax", start: 0, end: 0, message }]);
}
