// Text of other people's making inside our Markdown: names, paths, messages of running code. Nothing of it may mention a
// person, load an image, open a link or break a table.

/** Makes text show as it is, as prose on one line. */
export function markdownText(text: string): string {
  return (
    text
      .replace(/\s+/g, " ")
      .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
      .replace(/[\\`*_[\]!|~]/g, "\\$&")
      // Only at the start of a line do these make a list, a heading or a quotation.
      .replace(/^(\d*)([-+#.)])/, "$1\\$2")
      // A backslash does not stop a mention, a reference or a bare link; an entity does.
      .replace(/@/g, "&#64;")
      .replace(/#(?=\d+\b)(?<!&#)/g, "&#35;")
      .replace(/:\/\//g, "&#58;//")
  );
}

/** Makes text show as code on one line, also where it holds back-ticks or stands in a table. */
export function markdownCode(text: string): string {
  const line = text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/\p{Cc}/gu, visible);
  if (line === "") return "";
  // Inside a table a pipe ends the cell even within code.
  if (!line.includes("|")) {
    const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length));
    const fence = "`".repeat(longest + 1);
    const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
    return `${fence}${pad}${line}${pad}${fence}`;
  }
  return `<code>${line.replace(/[&<>|@`*_[\]\\~]/g, (character) => `&#${character.charCodeAt(0)};`)}</code>`;
}

/** The picture that Unicode has of a control character, where it has one. */
function visible(control: string): string {
  const code = control.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
}

/** "1 file", "2 files". */
export function count(amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount.toLocaleString("en")} ${amount === 1 ? singular : plural}`;
}
