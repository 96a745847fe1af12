/** The web server of the page: an origin of its own, which knows nothing of Attaché but where it is. */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { extname, join } from "node:path";

const MEDIA_TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

export interface Site {
  origin: string;
  /** Tells the page where the server is. */
  settings: { server: string };
  close: () => void;
}

/** Serves the built page on a free port. */
export async function serveSite(folder: string): Promise<Site> {
  const settings = { server: "" };
  const server = createServer(async (request, response) => {
    const path = request.url === "/" ? "/index.html" : (request.url ?? "");
    if (path === "/settings.json") {
      response.setHeader("content-type", "application/json").end(JSON.stringify(settings));
      return;
    }
    const type = MEDIA_TYPES[extname(path)];
    const bytes = type && !path.includes("..") ? await readFile(join(folder, path)).catch(() => undefined) : undefined;
    if (!type || !bytes) response.writeHead(404).end();
    else response.setHeader("content-type", type).end(bytes);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${port}`, settings, close };
}
