// Asks a running server for its version as a browser would: gRPC-Web over HTTP/1.1, the frames made and read by hand.
//
// grpc-web.mjs http://HOST:PORT

const FRAME_HEADER = 5;
const TRAILERS = 0x80;
const TIMEOUT_MS = 10_000;

/** Takes a gRPC-Web body apart: each frame is a flag, four bytes of length, and so many bytes. */
function* frames(body) {
  for (let at = 0; at < body.length; ) {
    const end = at + FRAME_HEADER + body.readUInt32BE(at + 1);
    if (end > body.length) throw new Error("the last frame is cut short");
    yield { flag: body[at], content: body.subarray(at + FRAME_HEADER, end) };
    at = end;
  }
}

function trailersOf(content) {
  const lines = content.toString("utf8").split("\r\n").filter(Boolean);
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
}

const answer = await fetch(new URL("/attache.v1.SystemService/GetInfo", process.argv[2]), {
  method: "POST",
  headers: { "content-type": "application/grpc-web+proto", "x-grpc-web": "1" },
  // GetInfoRequest has no fields: one frame of no bytes.
  body: Buffer.alloc(FRAME_HEADER),
  signal: AbortSignal.timeout(TIMEOUT_MS),
});
const received = [...frames(Buffer.from(await answer.arrayBuffer()))];
const messages = received.filter(({ flag }) => flag === 0);
const trailers = received.filter(({ flag }) => flag === TRAILERS).map(({ content }) => trailersOf(content));
// An answer without messages may carry its status in the headers.
const status = trailers[0]?.get("grpc-status") ?? answer.headers.get("grpc-status");

console.log(`HTTP ${answer.status}, grpc-status ${status}, ${messages[0]?.content.length ?? 0} bytes of Info`);
if (answer.status !== 200 || status !== "0" || messages.length !== 1 || messages[0].content.length === 0) process.exit(1);
