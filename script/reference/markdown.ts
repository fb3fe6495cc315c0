// Markdown as the reference is made of it.

// A definition that nothing refers to: shown nowhere, and whoever opens a page to change it learns where it comes from.
const madeBy = "[//]: # (Made by `npm run reference` from the program itself: change it there.)";

const widthMax = 128;

export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(columns), `| ${columns.map(() => "---").join(" | ")} |`, ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** Text that holds `<` outside of code, as a page shows it. */
export function escaped(text: string): string {
  return text.replaceAll(/<(?=\w)/g, "\\<");
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.replaceAll(/ +$/gm, "")}\n\`\`\``;
}

/** A phrase as a sentence. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

/** A page with its heading, its parts apart by an empty line. */
export function page(title: string, ...parts: readonly string[]): string {
  return `${[madeBy, `# ${title}`, ...parts.map((part) => (part.includes("\n") || /^[#|`]/.test(part) ? part : paragraph(part)))].join("\n\n")}\n`;
}

/** A paragraph in lines. */
export function paragraph(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= widthMax) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join("\n");
}
