// Shows how a sync comes on, and loads the page anew once it is over.
for (const section of document.querySelectorAll("[data-events]")) {
  const words = section.querySelector("[data-live=words]");
  const bar = section.querySelector("[data-live=bar]");
  const source = new EventSource(section.dataset.events);
  source.addEventListener("look", ({ data }) => {
    const look = JSON.parse(data);
    // Said once only: a screen reader reads out whatever is written.
    if (words.textContent !== look.words) words.textContent = look.words;
    bar.value = look.value;
  });
  source.addEventListener("end", () => {
    source.close();
    bar.value = 1;
    location.replace(location.href);
  });
  addEventListener("pagehide", () => source.close());
}
