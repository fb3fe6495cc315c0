// The comment by which a text gives itself another name, as bundlers write it: `//# sourceURL=webpack://…`. V8 would call the
// module so in every stack, and nobody could say which file of a layer that is.
import { parseSync } from "oxc-parser";

const naming = /^[#@]\s*sourceURL/;

/** Takes JavaScript and makes such comments ordinary ones, in place. Text that does not parse is given back as it is. */
export function withoutSourceUrl(text: string): string {
  if (!/\/\/[#@]\s*sourceURL/.test(text)) return text;
  const { comments, errors } = parseSync("module.js", text, { lang: "js", sourceType: "module" });
  if (errors.length > 0) return text;
  let told = "";
  let from = 0;
  for (const { type, value, start } of comments) {
    if (type !== "Line" || !naming.test(value)) continue;
    const mark = start + "//".length;
    told += `${text.slice(from, mark)} `;
    from = mark + 1;
  }
  return told + text.slice(from);
}
