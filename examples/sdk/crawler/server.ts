import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A site of so many pages, each of which leads to some others; now and then it is too busy to answer. */
export async function startSite(pages: number): Promise<{ url: string; close(): Promise<void> }> {
  const visits = new Map<number, number>();
  const server: Server = createServer((request, response) => {
    const page = Number(/^\/(\d+)$/.exec(request.url ?? "")?.[1]);
    const visit = (visits.get(page) ?? 0) + 1;
    visits.set(page, visit);
    if (page % 7 === 3 && visit === 1) return void response.writeHead(503).end();
    const links = [2 * page + 1, 2 * page + 2, page >> 1].filter((link) => link < pages);
    const body = links.map((link) => `<a href="/${link}">${link}</a>`).join(" ");
    // A page takes its time, as pages do.
    setTimeout(() => response.end(`<html><title>Page ${page}</title>${body}</html>`), 5);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/0`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
