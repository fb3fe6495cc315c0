// DOMException, as the web's own functions throw it. Runs inside the isolate.

/** Puts the class into the isolate's globals. Its text is put into the isolate, so it uses nothing from around it. */
export function installDomException(): void {
  // The names that the standard gives a code, in the order of their codes from 1; it has given out no others since.
  const coded =
    "IndexSizeError DOMStringSizeError HierarchyRequestError WrongDocumentError InvalidCharacterError NoDataAllowedError NoModificationAllowedError NotFoundError NotSupportedError InUseAttributeError InvalidStateError SyntaxError InvalidModificationError NamespaceError InvalidAccessError ValidationError TypeMismatchError SecurityError NetworkError AbortError URLMismatchError QuotaExceededError TimeoutError InvalidNodeTypeError DataCloneError".split(
      " ",
    );
  const constants =
    "INDEX_SIZE_ERR DOMSTRING_SIZE_ERR HIERARCHY_REQUEST_ERR WRONG_DOCUMENT_ERR INVALID_CHARACTER_ERR NO_DATA_ALLOWED_ERR NO_MODIFICATION_ALLOWED_ERR NOT_FOUND_ERR NOT_SUPPORTED_ERR INUSE_ATTRIBUTE_ERR INVALID_STATE_ERR SYNTAX_ERR INVALID_MODIFICATION_ERR NAMESPACE_ERR INVALID_ACCESS_ERR VALIDATION_ERR TYPE_MISMATCH_ERR SECURITY_ERR NETWORK_ERR ABORT_ERR URL_MISMATCH_ERR QUOTA_EXCEEDED_ERR TIMEOUT_ERR INVALID_NODE_TYPE_ERR DATA_CLONE_ERR".split(
      " ",
    );
  const { captureStackTrace } = Error;

  class DOMException extends Error {
    #name = "Error";
    #message = "";
    constructor(message: unknown = "", options: unknown = "Error") {
      super();
      const isObject = typeof options === "object" && options !== null;
      const { name = "Error", cause } = isObject ? (options as { name?: unknown; cause?: unknown }) : { name: options };
      this.#name = `${name}`;
      this.#message = `${message}`;
      if (isObject && "cause" in options) {
        Object.defineProperty(this, "cause", { value: cause, configurable: true, writable: true });
      }
      // The stack's first line is written from name and message, which were not there yet.
      captureStackTrace(this, DOMException);
    }
    // Read once before the fields are there, by whatever writes the first stack.
    override get name(): string {
      return #name in this ? this.#name : "Error";
    }
    override get message(): string {
      return #message in this ? this.#message : "";
    }
    get code(): number {
      return coded.indexOf(this.#name) + 1;
    }
    get [Symbol.toStringTag](): string {
      return "DOMException";
    }
  }
  for (const [index, name] of constants.entries()) {
    for (const target of [DOMException, DOMException.prototype]) {
      Object.defineProperty(target, name, { value: index + 1, enumerable: true });
    }
  }
  Object.defineProperty(globalThis, "DOMException", { value: DOMException, writable: true, configurable: true });
}
