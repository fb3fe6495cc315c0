// Text of other people's making inside our Markdown: names, paths, messages of running code. Nothing of it may mention a
// person, load an image, open a link or break a table.

// These turn the direction of what follows, so that a line reads as another than it is.
const turning = /[\u202A-\u202E\u2066-\u2069]/g;

/** Makes text show as it is, as prose on one line. */
export function markdownText(text: string): string {
  return (
    text
      .replace(turning, "\ufffd")
      .replace(/\s+/g, " ")
      .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
      .replace(/[\\*_[\]!|~$]/g, "\\$&")
      // Escaped by a backslash it would still end a code span that it is put into.
      .replace(/`/g, "&#96;")
      // Only at the start of a line do these make a list, a heading or a quotation.
      .replace(/^(\d*)([-+.)]|#(?!\d))/, "$1\\$2")
      // A backslash does not stop a bare link; an entity does. Mentions and references are looked for in what was rendered,
      // where entities are characters again, so a space without width keeps their parts asunder.
      .replace(/@/g, "&#64;&#8203;")
      .replace(/#(?=\d+\b)(?<!&#)/g, "&#35;&#8203;")
      .replace(/(?<![a-z0-9])(gh-)(?=\d)/gi, "$1&#8203;")
      .replace(/:\/\//g, "&#58;//")
      .replace(/(?<![a-z0-9])(www)\./gi, "$1&#46;")
  );
}

/** Makes text show as code on one line, also where it holds back-ticks or stands in a table. */
export function markdownCode(text: string): string {
  const line = text
    .replace(turning, "\ufffd")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/\p{Cc}/gu, visible);
  if (line === "") return "";
  // Inside a table a pipe ends the cell even within code.
  if (!line.includes("|")) {
    let longest = 0;
    for (const [run] of line.matchAll(/`+/g)) longest = Math.max(longest, run.length);
    const fence = "`".repeat(longest + 1);
    const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
    return `${fence}${pad}${line}${pad}${fence}`;
  }
  return `<code>${line.replace(/[&<>|@`*_[\]\\~]/g, (character) => `&#${character.charCodeAt(0)};`)}</code>`;
}

/** Makes text show as it is where no Markdown is read, as in an annotation: lines stay, and nobody is mentioned. */
export function plainText(text: string): string {
  return text.replace(turning, "\ufffd").replace(/@(?=[\p{L}\p{N}])/gu, "@\u200b");
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
