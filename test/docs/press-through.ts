// A person who presses the one button of every page that they are led to.

/** Opens an address and sends each page's form, with what it holds, until a page has none. */
export async function pressThrough(address: string): Promise<void> {
  let url = address;
  let answer = await fetch(url);
  for (;;) {
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
    const form = /<form method="post" action="([^"]*)">([\s\S]*?)<\/form>/.exec(text);
    if (form === null) return;
    const [, action = "", inside = ""] = form;
    const fields = Array.from(
      inside.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g),
      ([, name, value]) => [unescaped(name ?? ""), unescaped(value ?? "")],
    );
    url = new URL(unescaped(action), answer.url).href;
    answer = await fetch(url, { method: "POST", body: new URLSearchParams(fields) });
  }
}

function unescaped(text: string): string {
  const names: Readonly<Record<string, string>> = { quot: '"', amp: "&", lt: "<", gt: ">", "#39": "'" };
  return text.replaceAll(/&(quot|amp|lt|gt|#39);/g, (_, name: string) => names[name] ?? "");
}
