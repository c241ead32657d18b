import { task } from "yonder-run";

export interface Page {
  readonly url: string;
  readonly title: string;
  readonly links: readonly string[];
}

/** A page and where it leads. It waits rather than computes, so that many share a thread; a server that is busy is asked again. */
export const fetchPage = task(
  async (url: string): Promise<Page> => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    const html = await response.text();
    const title = /<title>(.*?)<\/title>/.exec(html)?.[1] ?? "";
    const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, link]) => new URL(link!, url).href);
    return { url, title, links };
  },
  { resources: { cpus: 0 }, retries: { count: 4, backoffMs: 20 }, timeoutMs: 10_000 },
);
