// Links to lines: #L10 and #L10-L20 mark them; a click on a number makes such an address, with Shift one of a range. A line
// of a long file that is in another portion of it is fetched.
const table = document.querySelector("table.code[data-starts]");

function markedRange() {
  const [, first, last] = /^#L(\d+)(?:-L?(\d+))?$/.exec(location.hash) ?? [];
  if (first === undefined) return undefined;
  const ends = [Number(first), Number(last ?? first)].sort((one, other) => one - other);
  return { first: ends[0], last: ends[1] };
}

function mark() {
  for (const row of table.querySelectorAll("tr.marked")) row.classList.remove("marked");
  const range = markedRange();
  if (range === undefined) return;
  const starts = table.dataset.starts.split(" ").map(Number);
  const portion = starts.findLastIndex((start) => start <= range.first) + 1;
  if (portion !== Number(table.dataset.portion)) {
    const url = new URL(location.href);
    url.searchParams.set("part", portion);
    location.replace(url);
    return;
  }
  for (let line = range.first; line <= range.last; line += 1) {
    const row = document.getElementById(`L${line}`);
    if (row === null) break;
    row.classList.add("marked");
  }
  document.getElementById(`L${range.first}`)?.scrollIntoView({ block: "center" });
}

if (table !== null) {
  table.addEventListener("click", (event) => {
    const link = event.target.closest("td:first-child > a");
    const range = markedRange();
    if (link === null || !event.shiftKey || range === undefined) return;
    event.preventDefault();
    const clicked = Number(link.textContent);
    const [first, last] = [range.first, clicked].sort((one, other) => one - other);
    history.replaceState(history.state, "", first === last ? `#L${first}` : `#L${first}-L${last}`);
    mark();
  });
  addEventListener("hashchange", mark);
  mark();
}
