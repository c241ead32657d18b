// Follows all links of a site: node examples/sdk/crawler/main.ts [pages]
//
// Nobody knows the tasks beforehand: each page that arrives brings some. The site is a server in this program.
import { connect, type Ref } from "yonder-run";
import { startSite } from "./server.ts";
import { fetchPage, type Page } from "./tasks.ts";

const site = await startSite(Number(process.argv[2] ?? 300));
try {
  await using y = await connect();
  const seen = new Set([site.url]);
  let open: Ref<Page>[] = [y.run(fetchPage, site.url)];
  let pages = 0;
  while (open.length > 0) {
    const { done, pending } = await y.wait(open, { count: 1 });
    open = pending;
    for (const page of await y.get(done)) {
      pages++;
      for (const link of page.links) {
        if (seen.has(link)) continue;
        seen.add(link);
        open.push(y.run(fetchPage, link));
      }
    }
  }
  console.log(`${pages} pages, each fetched once`);
} finally {
  await site.close();
}
