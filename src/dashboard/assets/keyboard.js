// `/` goes to the page's filter, as on GitHub.
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]")) return;
  const filter = document.querySelector("input[type=search]");
  if (filter === null) return;
  event.preventDefault();
  filter.focus();
  filter.select();
});
