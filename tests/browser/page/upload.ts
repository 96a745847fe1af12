/** Files, sent piece by piece. */

import { type File as KeptFile } from "../gen/attache/v1/file_service_pb";
import { untilAnswered } from "./again";
import { files } from "./api";

/** How many bytes go into one call; the server takes up to four times as many. */
const PIECE = 256 * 1024;

/** Uploads a file; a piece that got no answer is sent again, and changes nothing where it had arrived. */
export async function upload(parent: string, chosen: File, progress: (share: number) => void): Promise<KeptFile> {
  const file = { fileName: chosen.name, mediaType: chosen.type || "application/octet-stream", sizeBytes: chosen.size };
  const [startId, finishId] = [crypto.randomUUID(), crypto.randomUUID()];
  const { name } = await untilAnswered(() => files.startUpload({ parent, file, requestId: startId }));
  for (let offset = 0; offset < chosen.size;) {
    const data = new Uint8Array(await chosen.slice(offset, offset + PIECE).arrayBuffer());
    const { receivedBytes } = await untilAnswered(() => files.appendUpload({ name, offset, data }));
    offset = receivedBytes;
    progress(offset / chosen.size);
  }
  return untilAnswered(() => files.finishUpload({ name, requestId: finishId }));
}
