// The web's small tools that V8 alone does not bring, other than url.ts and events.ts: TextEncoder and TextDecoder, atob and btoa, structuredClone,
// crypto's randomness, performance.now. The work is done by Node's own implementations outside the isolate; what is here is
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
  }

  let decoderLast = 0;
  class TextDecoder {
    #label: string;
    #flags: string;
    #state = 0;
    readonly fatal: boolean;
    readonly ignoreBOM: boolean;

    constructor(label: unknown = "utf-8", options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
      this.#label = `${label}`;
      this.fatal = Boolean(options.fatal);
      this.ignoreBOM = Boolean(options.ignoreBOM);
      this.#flags = `${this.fatal ? "fatal " : ""}${this.ignoreBOM ? "ignoreBOM" : ""}`;
      // Says at once that a label is unknown, as the standard has it.
      host.decodeText(new Uint8Array(0), this.#label, this.#flags, 0, true);
    }
    get encoding(): string {
      return this.#label.toLowerCase() === "utf8" ? "utf-8" : this.#label.toLowerCase();
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
      return host.decodeText(bytes, this.#label, this.#flags, state, isLast);
    }
  }

  function base64(convert: (text: string) => string | null, text: unknown): string {
    const converted = convert(`${text}`);
    if (converted === null)
      throw new DOMException("The string contains characters that do not belong there", "InvalidCharacterError");
    return converted;
  }

  const crypto = {
    randomUUID: () => host.randomUuid(),
    getRandomValues: <View extends ArrayBufferView>(view: View): View => {
      if (
        !ArrayBuffer.isView(view) ||
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

  function structuredClone(value: unknown, options: { transfer?: Iterable<ArrayBuffer> } = {}): unknown {
    let copy: unknown;
    try {
      copy = host.clone(value);
    } catch (error) {
      throw new DOMException(error instanceof Error ? error.message : String(error), "DataCloneError");
    }
    for (const buffer of options.transfer ?? []) buffer.transfer();
    return copy;
  }

  const tools = {
    TextEncoder,
    TextDecoder,
    atob: (text: unknown) => base64(host.decodeBase64, text),
    btoa: (text: unknown) => base64(host.encodeBase64, text),
    crypto: Object.freeze(crypto),
    performance: Object.freeze({ now: () => host.now() }),
    structuredClone,
  };
  for (const [name, value] of Object.entries(tools)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}
