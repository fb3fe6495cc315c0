// The week's tickets in the format that was asked for. Which module writes it is known only when it runs.

interface Input {
  format: "plain" | "html";
  summaries: string[];
}

export default async function weeklyReport({ format, summaries }: Input): Promise<string> {
  const { render } = await import(`shared/reports/${format}`);
  return render(summaries);
}
