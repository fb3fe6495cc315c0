// Cuts what a driver sends to Postgres into statements, by the frontend messages of protocol 3. It understands no SQL.
import type { Framer, Step } from "./cutting-proxy.ts";

/** A statement is a simple query, or everything up to the Sync that ends an extended one. */
export function createPostgresFramer(): Framer {
  let buffered = Buffer.alloc(0);
  let isStarted = false;
  let statement: Buffer[] = [];
  let text = "";
  return (chunk) => {
    buffered = Buffer.concat([buffered, chunk]);
    const steps: Step[] = [];
    for (;;) {
      // The first message has no type.
      const lengthAt = isStarted ? 1 : 0;
      if (buffered.length < lengthAt + 4) return steps;
      const end = lengthAt + buffered.readUInt32BE(lengthAt);
      if (buffered.length < end) return steps;
      const message = buffered.subarray(0, end);
      buffered = buffered.subarray(end);
      const type = isStarted ? String.fromCharCode(message[0] ?? 0) : "startup";
      isStarted = true;
      statement.push(message);
      if (type === "Q") text = textAt(message, 5);
      if (type === "P") text = textAt(message, message.indexOf(0, 5) + 1);
      // Parse, bind, describe, execute and close wait for the Sync that makes one statement of them.
      if ("PBDEC".includes(type)) continue;
      steps.push({ bytes: Buffer.concat(statement), name: "QS".includes(type) ? text : undefined });
      statement = [];
    }
  };
}

function textAt(message: Buffer, start: number): string {
  return message.toString("utf8", start, message.indexOf(0, start)).replaceAll(/\s+/g, " ").trim();
}
