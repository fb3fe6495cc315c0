// Filters as you type. The form works without this; with it, the page's results come without a reload, the focus stays
// where it is, and the address is always that of what is shown.
const form = document.querySelector("form[data-live]");
const field = form?.querySelector("input[type=search]");
const delayMs = 120;
let timer = 0;
let asked = new AbortController();

function address() {
  const url = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value !== "") url.searchParams.set(name, value);
  return url;
}

async function load() {
  clearTimeout(timer);
  asked.abort();
  asked = new AbortController();
  const url = address();
  if (url.href === location.href) return;
  const results = document.getElementById("results");
  results.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { signal: asked.signal });
    // Whoever was signed out, or sees the scope no more, goes where the address leads.
    if (!response.ok || response.redirected) return location.assign(url);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    results.replaceWith(document.adoptNode(page.getElementById("results")));
    document.getElementById("count").textContent = page.getElementById("count").textContent;
    history.replaceState(history.state, "", url);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  }
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(load, delayMs);
});
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  load();
});
// From the filter straight into the list, and back.
field?.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown") return;
  event.preventDefault();
  document.querySelector("#results tbody a")?.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const row = event.target instanceof Element && event.target.closest("#results tbody tr");
  if (!row) return;
  event.preventDefault();
  const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  (next?.querySelector("a") ?? (event.key === "ArrowUp" ? field : undefined))?.focus();
});
