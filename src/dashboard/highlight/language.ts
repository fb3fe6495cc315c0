// Which grammar a file is highlighted by: its extension alone says so.

export const codeLanguages = ["css", "javascript", "json", "python", "typescript", "xml", "yaml"] as const;
export type CodeLanguage = (typeof codeLanguages)[number];

const byExtension: Readonly<Record<string, CodeLanguage>> = {
  css: "css",
  htm: "xml",
  html: "xml",
  js: "javascript",
  json: "json",
  jsx: "javascript",
  mjs: "javascript",
  mts: "typescript",
  py: "python",
  svg: "xml",
  ts: "typescript",
  tsx: "typescript",
  vue: "xml",
  xml: "xml",
  yaml: "yaml",
  yml: "yaml",
};

const names: Readonly<Record<CodeLanguage, string>> = {
  css: "CSS",
  javascript: "JavaScript",
  json: "JSON",
  python: "Python",
  typescript: "TypeScript",
  xml: "HTML",
  yaml: "YAML",
};

/** The grammar of a file, or `undefined` where it is shown as plain text. */
export function codeLanguageOf(path: string): CodeLanguage | undefined {
  return byExtension[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ""];
}

/** What people call the language of a file. */
export function languageName(path: string): string {
  const language = codeLanguageOf(path);
  return language === undefined ? "Text" : names[language];
}
