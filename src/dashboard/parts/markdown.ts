// Markdown as GitHub got it from us, as HTML. Tags in it are shown as text, so nothing that anybody wrote becomes markup.
import { raw } from "hono/html";
import markdownIt from "markdown-it";
import type { Html } from "./html.ts";

// A picture is a request to wherever its author likes.
const markdown = markdownIt({ html: false, linkify: false }).disable("image");

/** Paragraphs, lists and blocks of code. */
export function markdownBlocks(text: string): Html {
  return raw(markdown.render(text));
}

/** One line, without a paragraph around it. */
export function markdownLine(text: string): Html {
  return raw(markdown.renderInline(text));
}
