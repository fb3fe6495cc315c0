// GitHub's design tokens, light and dark, cut down to those that are used: the whole set is many times what all pages
// together weigh.

const shared = [
  "base/size/size.css",
  "base/typography/typography.css",
  "functional/size/border.css",
  "functional/size/radius.css",
  "functional/size/size.css",
  "functional/typography/typography.css",
];

/**
 * A stylesheet that declares every token that `stylesheet` uses, and those that they are made of. `read` gives a file of
 * `@primer/primitives/dist/css`. Throws where a token is used that Primer does not have.
 */
export function usedTokens(read: (path: string) => string, stylesheet: string): string {
  const common = new Map(shared.flatMap((path) => declarationsOf(read(path))));
  const light = new Map(declarationsOf(read("functional/themes/light.css")));
  const dark = new Map(declarationsOf(read("functional/themes/dark.css")));
  const own = new Set(declarationsOf(stylesheet).map(([name]) => name));
  const used = new Set<string>();
  const pending = namesIn(stylesheet).filter((name) => !own.has(name));
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    const values = [common, light, dark].flatMap((tokens) => tokens.get(name) ?? []);
    if (values.length === 0) throw new Error(`Primer has no token ${name}`);
    pending.push(...values.flatMap(namesIn));
  }
  const declare = (tokens: ReadonlyMap<string, string>) =>
    [...tokens]
      .filter(([name]) => used.has(name))
      .map(([name, value]) => `${name}:${value};`)
      .join("");
  return `:root{color-scheme:light dark;${declare(common)}${declare(light)}}
@media (prefers-color-scheme:dark){:root{${declare(dark)}}}
`;
}

// A media query changes a token on some screens only; the first declaration is the one for all.
function declarationsOf(css: string): [name: string, value: string][] {
  const bare = css.replaceAll(/\/\*[\s\S]*?\*\//g, "");
  const found = Array.from(
    bare.matchAll(/(--[\w-]+)\s*:\s*([^;}]+)[;}]/g),
    ([, name = "", value = ""]) => [name, value.trim()] as [string, string],
  );
  return [...new Map(found.toReversed())];
}

function namesIn(css: string): string[] {
  return Array.from(css.matchAll(/var\(\s*(--[\w-]+)/g), ([, name = ""]) => name);
}
