// The web's small tools that V8 alone does not bring and that have no file of their own here: TextEncoder and TextDecoder,
// atob and btoa, structuredClone, crypto's randomness. The work is done by Node's own implementations outside the isolate; what is here is
// only their shape. Runs inside the isolate. No network, no streams, no crypto.subtle.
import type { IsolateHost } from "./host.ts";

/** Puts the tools into the isolate's globals. Its text is put into the isolate, so it uses nothing from around it. */
export function installWebTools(host: IsolateHost): void {
  const { DOMException } = globalThis;

  function bytesOf(input: unknown): Uint8Array {
    if (ArrayBuffer.isView(input)) {
      return new Uint8Array(input.buffer.slice(input.byteOffset, input.byteOffset + input.byteLength));
    }
    if (input instanceof ArrayBuffer) return new Uint8Array(input.slice(0));
    throw new TypeError("The bytes must be an ArrayBuffer or a view of one");
  }

  class TextEncoder {
    get encoding(): string {
      return "utf-8";
    }
    encode(text: unknown = ""): Uint8Array {
      return host.encodeText(`${text}`);
    }
    encodeInto(text: unknown, target: Uint8Array): { read: number; written: number } {
      if (!(target instanceof Uint8Array)) throw new TypeError("encodeInto writes into a Uint8Array");
      let read = 0;
      let written = 0;
      for (const character of `${text}`) {
        const bytes = host.encodeText(character);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        written += bytes.length;
        read += character.length;
      }
      return { read, written };
    }
    get [Symbol.toStringTag](): string {
      return "TextEncoder";
    }
  }

  let decoderLast = 0;
  class TextDecoder {
    #encoding: string;
    #fatal: boolean;
    #ignoreBOM: boolean;
    #state = 0;

    constructor(label: unknown = "utf-8", options?: unknown) {
      if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function") {
        throw new TypeError("The options must be an object");
      }
      const { fatal, ignoreBOM } = (options ?? {}) as { fatal?: unknown; ignoreBOM?: unknown };
      this.#encoding = label === "utf-8" ? label : host.encodingOf(`${label}`);
      this.#fatal = Boolean(fatal);
      this.#ignoreBOM = Boolean(ignoreBOM);
    }
    get encoding(): string {
      return this.#encoding;
    }
    get fatal(): boolean {
      return this.#fatal;
    }
    get ignoreBOM(): boolean {
      return this.#ignoreBOM;
    }
    decode(input?: unknown, options: { stream?: boolean } = {}): string {
      const isLast = !options.stream;
      if (!isLast && this.#state === 0) {
        decoderLast += 1;
        this.#state = decoderLast;
      }
      const state = this.#state;
      if (isLast) this.#state = 0;
      const bytes = input === undefined ? new Uint8Array(0) : bytesOf(input);
      const flags = `${this.#fatal ? "fatal " : ""}${this.#ignoreBOM ? "ignoreBOM" : ""}`;
      return host.decodeText(bytes, this.#encoding, flags, state, isLast);
    }
    get [Symbol.toStringTag](): string {
      return "TextDecoder";
    }
  }

  function base64(convert: (text: string) => string | null, given: readonly unknown[]): string {
    if (given.length === 0) throw new TypeError("The text to convert is missing");
    const converted = convert(`${given[0]}`);
    if (converted === null)
      throw new DOMException("The string contains characters that do not belong there", "InvalidCharacterError");
    return converted;
  }

  const crypto = {
    randomUUID: () => host.randomUuid(),
    getRandomValues: <View extends ArrayBufferView>(view: View): View => {
      if (
        !ArrayBuffer.isView(view) ||
        view instanceof Float16Array ||
        view instanceof Float32Array ||
        view instanceof Float64Array ||
        view instanceof DataView
      ) {
        throw new DOMException("The argument must be an integer typed array", "TypeMismatchError");
      }
      if (view.byteLength > 65_536) throw new DOMException("At most 65536 bytes at a time", "QuotaExceededError");
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(host.randomBytes(view.byteLength));
      return view;
    },
  };

  function transferred(options: unknown): Set<ArrayBuffer> {
    const { transfer = [] } = (options ?? {}) as { transfer?: Iterable<unknown> };
    const buffers = new Set<ArrayBuffer>();
    for (const buffer of transfer) {
      if (!(buffer instanceof ArrayBuffer)) {
        throw new DOMException("Only an ArrayBuffer can be transferred", "DataCloneError");
      }
      if (buffer.detached || buffers.has(buffer)) {
        throw new DOMException("An ArrayBuffer can be transferred only once", "DataCloneError");
      }
      buffers.add(buffer);
    }
    return buffers;
  }

  function structuredClone(...given: [value?: unknown, options?: unknown]): unknown {
    if (given.length === 0) throw new TypeError("The value to clone is missing");
    const [value, options] = given;
    if (options !== undefined && options !== null && typeof options !== "object") {
      throw new TypeError("The options must be an object");
    }
    const buffers = transferred(options);
    let copy: unknown;
    try {
      if (value instanceof DOMException) copy = new DOMException(value.message, value.name);
      else copy = host.clone(value);
    } catch (error) {
      // Anything else was thrown by a getter of the value.
      if (!(error instanceof Error) || !/could not be cloned|transferable/.test(error.message)) throw error;
      throw new DOMException(error.message, "DataCloneError");
    }
    for (const buffer of buffers) buffer.transfer();
    return copy;
  }

  const tools = {
    TextEncoder,
    TextDecoder,
    atob: (...given: unknown[]) => base64(host.decodeBase64, given),
    btoa: (...given: unknown[]) => base64(host.encodeBase64, given),
    crypto: Object.freeze(crypto),
    structuredClone,
  };
  for (const [name, value] of Object.entries(tools)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}
