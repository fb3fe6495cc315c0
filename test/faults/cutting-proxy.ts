// A way to a server that can be cut at any one step: it forwards bytes, counts what the client asks for, and lets a test
// cut the connection before the server hears of a step, after the server has done it, or do something in between.
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** One thing that a client asks for; without a name it belongs to the connection and does not count. */
export interface Step {
  readonly bytes: Buffer;
  readonly name: string | undefined;
}

/** Takes the bytes of one connection as they come and gives the steps that are complete. */
export type Framer = (chunk: Buffer) => readonly Step[];

/**
 * `before`: the server never hears of the step. `after`: it does it, and nobody hears of that. A function runs before
 * the step, which then goes on.
 */
export type Trouble = "before" | "after" | (() => Promise<void>);

export interface CuttingProxy {
  readonly port: number;
  /** The names of the steps since `watch`. */
  readonly steps: readonly string[];
  /** Counts anew from here, with trouble at one step (the first is 0, or the first that is chosen by its name) or none. */
  watch(trouble?: { readonly at: number | ((name: string) => boolean); readonly what: Trouble }): void;
  /** Whether the trouble has come. Resolves when the server has noticed what there was to notice. */
  met(): Promise<boolean>;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of the loopback before a server on the loopback. */
export async function startCuttingProxy(serverPort: number, createFramer: () => Framer): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let steps: string[] = [];
  let trouble: Parameters<CuttingProxy["watch"]>[0];
  let meeting: Promise<void> | undefined;

  const serve = (client: Socket) => {
    const server = connect({ port: serverPort, host: "127.0.0.1", noDelay: true });
    const framer = createFramer();
    const serverClosed = new Promise<void>((resolve) => server.once("close", () => resolve()));
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.once("close", () => sockets.delete(socket));
    }
    client.once("close", () => server.end());
    server.once("close", () => client.destroy());
    server.on("data", (bytes) => {
      if (!client.destroyed) client.write(bytes);
    });
    const cut = () => {
      client.destroy();
      // What was forwarded is read before the end of it, so the server's own end says that it is through.
      server.end();
      return serverClosed;
    };
    const forward = async ({ bytes, name }: Step): Promise<void> => {
      if (client.destroyed) return;
      if (name !== undefined) {
        steps.push(name);
        const at = trouble?.at;
        if (trouble !== undefined && (typeof at === "function" ? at(name) : at === steps.length - 1)) {
          const { what } = trouble;
          trouble = undefined;
          if (what === "after") server.write(bytes);
          meeting = typeof what === "function" ? what() : cut();
          await meeting;
          if (typeof what !== "function") return;
        }
      }
      server.write(bytes);
    };
    let tail = Promise.resolve();
    client.on("data", (chunk) => {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      for (const step of framer(bytes)) tail = tail.then(() => forward(step));
    });
  };

  const listener = createServer({ noDelay: true }, serve);
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (listener.address() as AddressInfo).port,
    get steps() {
      return steps;
    },
    watch(next) {
      steps = [];
      trouble = next;
      meeting = undefined;
    },
    async met() {
      await meeting;
      return meeting !== undefined;
    },
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
