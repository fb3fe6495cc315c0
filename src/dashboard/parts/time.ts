// A moment as people read it: how long ago, with the exact time at hand.
import { type Html, html } from "./html.ts";

const steps: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const format = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });

/** A moment in words, such as "3 hours ago". */
export function ago(moment: Date, now: Date): string {
  const seconds = (moment.getTime() - now.getTime()) / 1000;
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return seconds <= 0 ? "just now" : "in a moment";
}

/** A moment as an element whose tooltip is the exact time, in UTC. */
export function timeAgo(moment: Date, now: Date): Html {
  const exact = moment.toISOString();
  return html`<time datetime="${exact}" title="${exact.slice(0, 19).replace("T", " ")} UTC">${ago(moment, now)}</time>`;
}
