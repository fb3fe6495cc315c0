import { afterAll, describe, expect, test } from "vitest";
import { createSandbox } from "../../../src/sandbox/pool.ts";
import { run } from "../program.ts";
import { expectAsInNode, expectLoggedAsInNode } from "./oracle.ts";

const sandbox = createSandbox({ processes: 1 });
afterAll(() => sandbox.close());

const snippets: Readonly<Record<string, readonly string[]>> = {
  URL: [
    "return ['HTTPS://EXAMPLE.com:443/a/../b?x#y', '//x', 'a b', 'mailto:a@b', 'https://ex ample', 'http://[::1]:80/', 'https://münchen.de/ü?ö#ä', 'javascript:alert(1)', '', undefined, null, 5, {}].map((url) => told(() => new URL(url).href));",
    "return ['b', '../b', '/b', '//other/b', '?b', '#b', '', 'https://z'].map((url) => new URL(url, 'https://u:p@example.com:8080/a/c/d?q#h').href);",
    "return told(() => new URL()); ",
    "return told(() => URL('https://x'));",
    "const u = new URL('https://example.com'); return ['href', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'].map((name) => told(() => { u[name] = name === 'href' ? 'https://a.b/c' : 'x y'; return u.href; }));",
    "const u = new URL('https://example.com'); u.port = '99999'; u.protocol = 'ftp'; u.host = ''; return [u.href, told(() => { u.origin = 'x'; })];",
    "const u = new URL('https://example.com'); return told(() => { u.href = 'nope'; }).concat(u.href);",
    "const u = new URL('https://e.com/?a=1'); const p = u.searchParams; u.search = '?b=2'; return [p === u.searchParams, p.get('b'), String(p)];",
    "const u = new URL('https://e.com/?a=1'); const p = u.searchParams; u.href = 'https://f.com/?c=3'; return [p === u.searchParams, String(p)];",
    "const u = new URL('https://e.com/?a=1#h'); u.searchParams.delete('a'); return [u.href, u.search];",
    "const u = new URL('https://e.com/'); u.searchParams.set('q', 'a b&c=d'); u.searchParams.append('q', 'ü'); return [u.href, u.search];",
    "return [JSON.stringify(new URL('https://e.com')), `${new URL('https://e.com')}`, Object.prototype.toString.call(new URL('https://e.com')), new URL('x:y').toJSON()];",
    "return [URL.canParse('x'), URL.canParse('x', 'https://e.com'), URL.parse('x'), URL.parse('x', 'https://e.com').href, URL.length, URL.name, URL.canParse.length];",
    "return told(() => URL.canParse());",
    "const u = new URL('https://e.com'); return [Object.keys(u), 'href' in u, Object.hasOwn(u, 'href')];",
    "return told(() => Object.getOwnPropertyDescriptor(URL.prototype, 'href').get.call({}));",
    "return told(() => new URL('nope')).concat((() => { try { new URL('nope', 'https://e.com:x'); } catch (error) { return [error.code, error.input, error.base]; } })());",
    "return [new URL('file:///a/b').origin, new URL('blob:https://e.com/1').origin, new URL('data:,x').origin];",
    "return Object.getOwnPropertyNames(URL.prototype).sort();",
    "class Mine extends URL { get twice() { return this.href + this.href; } } return [new Mine('x:y').twice, new Mine('x:y') instanceof URL];",
  ],
  URLSearchParams: [
    "return ['?a=1&b=2', 'a=1&&b', '=x', 'a=%zz', 'a+b=c+d', '', '?', { a: 1, b: null }, [['a', 1], ['b', 2]], new Map([['m', 1]]), undefined, null, 5].map((init) => told(() => String(new URLSearchParams(init))));",
    "return [[['a']], [['a', 1, 2]], [1], 5n, Symbol.iterator, { [Symbol.iterator]: 5 }].map((init) => told(() => String(new URLSearchParams(init)))[0]);",
    "const p = new URLSearchParams(new URLSearchParams('a=1&a=2')); return [[...p], p.size];",
    "const p = new URLSearchParams('a=1&b=2&a=3'); p.delete('a', '3'); p.delete('b', undefined); return [String(p), p.has('a', '1'), p.has('a', undefined), p.getAll('a'), p.get('x')];",
    "const p = new URLSearchParams('b=1&a=2&b=0&é=1&z=1&😀=1&\\ufffd=1'); p.sort(); return [...p];",
    "const p = new URLSearchParams('a=1&b=2&c=3'); const seen = []; for (const [name] of p) { seen.push(name); p.delete(name); } return [seen, String(p)];",
    "const p = new URLSearchParams('a=1&b=2'); const seen = []; p.forEach(function (value, name, all) { seen.push(value, name, all === p, this.x); }, { x: 1 }); return seen;",
    "return [told(() => new URLSearchParams('a').append('a')), told(() => new URLSearchParams('a').forEach()), told(() => new URLSearchParams().get()), told(() => URLSearchParams())];",
    "const p = new URLSearchParams('a=1'); return [Object.prototype.toString.call(p), p[Symbol.iterator] === p.entries, [...p.values()]];",
    "return String(new URLSearchParams([['~!*()\\'', '-._ %']]));",
    "return [told(() => new URLSearchParams({ a: Symbol() })), told(() => new URLSearchParams('a=\\ud800').get('a'))];",
  ],
  "TextEncoder and TextDecoder": [
    "return ['', 'a€😀', '\\ud800x', undefined, null, 5].map((text) => [...new TextEncoder().encode(text)]);",
    "return [['a€😀', 0], ['a€😀', 3], ['a€😀', 4], ['a€😀', 7], ['a€😀', 8], ['\\ud800', 3]].map(([text, length]) => { const target = new Uint8Array(length); return [new TextEncoder().encodeInto(text, target), [...target]]; });",
    "return [told(() => new TextEncoder().encodeInto('a', [])), told(() => TextEncoder()), new TextEncoder().encoding, Object.prototype.toString.call(new TextEncoder()), Object.prototype.toString.call(new TextDecoder())];",
    "return [[0xef, 0xbb, 0xbf, 65], [65, 0xef, 0xbb, 0xbf], [255], [0xe2, 0x82], [0xed, 0xa0, 0x80], []].map((list) => [false, true].map((fatal) => [false, true].map((ignoreBOM) => told(() => [...new TextDecoder('utf-8', { fatal, ignoreBOM }).decode(bytes(...list))].map((c) => c.codePointAt(0))))));",
    "return ['utf8', 'UTF-8', ' utf-8 ', 'unicode-1-1-utf-8', 'utf-7', 'klingon', '', undefined].map((label) => told(() => new TextDecoder(label).encoding));",
    "const d = new TextDecoder(); return [d.fatal, d.ignoreBOM, d.decode(), d.decode(bytes(0xe2), { stream: true }), d.decode(bytes(0x82), { stream: true }), d.decode(bytes(0xac), { stream: true }), d.decode()];",
    "const d = new TextDecoder(); return [d.decode(bytes(0xef, 0xbb), { stream: true }), d.decode(bytes(0xbf, 65), { stream: true }), d.decode(bytes(0xe2)), d.decode(bytes(66))];",
    "const d = new TextDecoder('utf-8', { fatal: true }); return [told(() => d.decode(bytes(255), { stream: true })), told(() => d.decode(bytes(65)))];",
    "return [new DataView(new ArrayBuffer(2)), new ArrayBuffer(1), new Uint16Array([0x4141]), 'text', {}, null, [65]].map((input) => told(() => new TextDecoder().decode(input).length));",
    "const view = bytes(65, 66, 67, 68).subarray(1, 3); return new TextDecoder().decode(view);",
    "return [told(() => TextDecoder()), told(() => new TextDecoder('utf-8', null).fatal), told(() => new TextDecoder('utf-8', 5))];",
    "return new TextDecoder().decode(new TextEncoder().encode('x'.repeat(300_000))).length;",
  ],
  structuredClone: [
    "const map = new Map([['k', { v: 1n }]]); map.set('self', map); const copy = structuredClone(map); return [copy !== map, copy.get('self') === copy, String(copy.get('k').v), copy instanceof Map];",
    "return [new Date(5), /x/giu, new Set([1]), new Error('e'), new TypeError('t', { cause: 1 }), new RangeError('r'), Object(1), Object('s'), Object(true)].map((value) => { const copy = structuredClone(value); return [Object.prototype.toString.call(copy), copy.constructor === value.constructor, copy instanceof value.constructor, String(copy), copy.cause]; });",
    "return [new Uint8Array([1, 2]), new Float64Array([1.5]), new BigInt64Array([5n]), new DataView(new ArrayBuffer(3)), new ArrayBuffer(4)].map((value) => { const copy = structuredClone(value); return [Object.prototype.toString.call(copy), copy.byteLength, copy !== value, copy.constructor === value.constructor]; });",
    "return [() => 1, Symbol('s'), { f() {} }, [[() => 1]], new WeakMap(), new WeakSet(), Promise.resolve(), new Map([[1, () => 1]])].map((value) => told(() => structuredClone(value)));",
    "class Thing { a = 1; get b() { return 2; } } const copy = structuredClone(new Thing()); return [Object.keys(copy), copy instanceof Thing, copy.constructor === Object];",
    "const seen = []; const copy = structuredClone({ get a() { seen.push('got'); return 1; }, b: undefined, [Symbol('s')]: 1 }); return [seen, Object.keys(copy), 'b' in copy];",
    "return told(() => structuredClone({ get a() { throw new RangeError('mine'); } }));",
    "const copy = structuredClone([1, , 3]); return [copy.length, 1 in copy, copy];",
    "const buffer = new ArrayBuffer(4); const moved = structuredClone({ buffer }, { transfer: [buffer] }); return [moved.buffer.byteLength, buffer.detached, buffer.byteLength];",
    "const view = new Uint8Array([1, 2, 3]); const moved = structuredClone(view, { transfer: [view.buffer] }); return [[...moved], view.length];",
    "return [told(() => structuredClone()), told(() => structuredClone({}, { transfer: [{}] })), told(() => structuredClone(1, 5)), told(() => structuredClone(undefined)), told(() => structuredClone(null)), told(() => structuredClone(-0))];",
    "const b = new ArrayBuffer(1); return told(() => structuredClone(b, { transfer: [b, b] }));",
    "const a = {}; const copy = structuredClone({ x: a, y: a }); return copy.x === copy.y;",
    "const e = new Error('m'); e.extra = 1; e.name = 'Custom'; const copy = structuredClone(e); return [copy.name, copy.message, copy.extra, typeof copy.stack, copy.stack === e.stack];",
    "const e = structuredClone(new DOMException('m', 'AbortError')); return [e.name, e.message, e instanceof DOMException];",
    "return told(() => structuredClone({ toJSON() { return 1; } }));",
    "return told(() => structuredClone({ __proto__: { x: 1 }, y: 2 }));",
    "let deep = []; for (let i = 0; i < 1000; i += 1) deep = [deep]; return JSON.stringify(structuredClone(deep)).length;",
    "return [structuredClone('\\ud800'), structuredClone(10n).toString(), structuredClone(NaN), structuredClone(Infinity)];",
    "return told(() => structuredClone(new Proxy({ a: 1 }, {})));",
  ],
  "atob and btoa": [
    "return ['', 'a', 'hello', '\\xff\\x00', '€', null, undefined, 5].map((text) => told(() => btoa(text)));",
    "return ['', 'YQ==', 'YQ', 'YQ=', 'Y', 'aGVs bG8=', '\\n', '*', 'YR==', null, undefined, 12].map((text) => told(() => atob(text)));",
    "return [told(() => atob()), told(() => btoa()), typeof atob];",
  ],
  crypto: [
    "return [new Uint8Array(3), new Int32Array(2), new BigUint64Array(1), new Uint8ClampedArray(1), new Float32Array(1), new DataView(new ArrayBuffer(1)), new ArrayBuffer(1), [], new Uint8Array(65_537)].map((view) => { const [how, value, ...rest] = told(() => crypto.getRandomValues(view) === view); return [how, value, ...rest]; });",
    "return [/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), crypto.randomUUID() === crypto.randomUUID()];",
  ],
  timers: [
    "return await new Promise((resolve) => setTimeout((...rest) => resolve(rest), 1, 'a', 'b'));",
    "const seen = []; await new Promise((resolve) => { const id = setInterval(() => { seen.push(1); if (seen.length < 3) return; clearTimeout(id); setTimeout(resolve, 20); }, 1); }); return seen.length;",
    "const seen = []; const timeout = new Promise((resolve) => setTimeout(() => resolve(seen.push('timeout')))); const immediate = new Promise((resolve) => setImmediate((a) => resolve(seen.push(a)), 'immediate')); queueMicrotask(() => seen.push('microtask')); Promise.resolve().then(() => seen.push('then')); seen.push('sync'); await timeout; await immediate; return [seen.slice(0, 3), seen.slice(3).sort()];",
    "const seen = []; clearImmediate(setImmediate(() => seen.push('never'))); clearInterval(setTimeout(() => seen.push('never'))); await new Promise((resolve) => setTimeout(resolve, 10)); return seen;",
    "return [told(() => setTimeout()), told(() => setTimeout('x')), told(() => setInterval(5)), told(() => queueMicrotask()), told(() => queueMicrotask({})), told(() => setImmediate()), told(() => clearTimeout()), told(() => clearTimeout(null)), told(() => clearTimeout('nope')), told(() => clearTimeout(Symbol.iterator))];",
    "const fired = [-1, NaN, Infinity, '2', null, {}].map((ms) => new Promise((resolve) => setTimeout(() => resolve(String(ms)), ms))); return await Promise.all(fired);",
    "const seen = []; setTimeout(() => { seen.push('one'); Promise.resolve().then(() => seen.push('microtask of one')); }, 5); await new Promise((resolve) => setTimeout(() => resolve(seen.push('two')), 5)); return seen;",
    "const id = setTimeout(() => {}, 1); return [typeof +id, id.hasRef === undefined || true, Number.isInteger(Number(id))];",
    "await new Promise((resolve) => { const t = setTimeout(resolve, 1); t?.unref?.(); t?.ref?.(); }); return 1;",
  ],
  "AbortController and AbortSignal": [
    "const c = new AbortController(); const seen = []; c.signal.onabort = (event) => seen.push('onabort', event.type, event.target === c.signal, event.isTrusted); c.signal.addEventListener('abort', () => seen.push('listener')); c.abort(); c.abort('again'); return [seen, c.signal.aborted, c.signal.reason.name, c.signal.reason.code, c.signal.reason.message, c.signal.reason instanceof DOMException];",
    "const c = new AbortController(); const seen = []; c.signal.addEventListener('abort', () => seen.push('listener')); c.signal.onabort = () => seen.push('onabort'); c.abort(); return seen;",
    "return [AbortSignal.abort().reason.name, AbortSignal.abort(5).reason, AbortSignal.abort(null).reason, told(() => AbortSignal.abort('x').throwIfAborted()), new AbortController().signal.throwIfAborted()];",
    "const s = AbortSignal.timeout(2); await new Promise((resolve) => s.addEventListener('abort', resolve)); return [s.reason.name, s.reason.code, s.reason.message];",
    "return [told(() => AbortSignal.timeout()), told(() => AbortSignal.timeout(-1)), told(() => AbortSignal.timeout('x')), told(() => new AbortSignal()), told(() => AbortController())].map((each) => each.slice(0, 2));",
    "const one = new AbortController(), two = new AbortController(); const any = AbortSignal.any([one.signal, two.signal]); const seen = []; any.addEventListener('abort', () => seen.push(any.reason)); two.abort('two'); one.abort('one'); return [seen, any.aborted, AbortSignal.any([]).aborted, AbortSignal.any([AbortSignal.abort('now'), one.signal]).reason];",
    "const one = new AbortController(); const any = AbortSignal.any([AbortSignal.any([one.signal])]); one.abort(1); return [any.aborted, any.reason];",
    "return [told(() => AbortSignal.any()), told(() => AbortSignal.any([{}])), told(() => AbortSignal.any(5))].map((each) => each.slice(0, 2));",
    "const c = new AbortController(); return [Object.prototype.toString.call(c), Object.prototype.toString.call(c.signal), c.signal === c.signal, Object.keys(c), 'signal' in AbortController.prototype, c.signal instanceof EventTarget];",
    "const c = new AbortController(); const seen = []; const target = new EventTarget(); target.addEventListener('x', () => seen.push(1), { signal: c.signal }); target.dispatchEvent(new Event('x')); c.abort(); target.dispatchEvent(new Event('x')); return seen;",
    "const seen = []; const c = new AbortController(); c.signal.onabort = 5; c.abort(); return c.signal.onabort;",
  ],
  "Event and EventTarget": [
    "const e = new Event('x', { cancelable: true, bubbles: true, composed: true }); return [e.type, e.cancelable, e.bubbles, e.composed, e.defaultPrevented, e.eventPhase, e.returnValue, e.cancelBubble, e.target, e.currentTarget, e.srcElement, e.isTrusted, e.composedPath(), typeof e.timeStamp, Object.prototype.toString.call(e)];",
    "return [Event.NONE, Event.CAPTURING_PHASE, Event.AT_TARGET, Event.BUBBLING_PHASE];",
    "return [told(() => new Event()), told(() => Event('x')), told(() => new Event(Symbol())), told(() => new Event('x', 5)), told(() => new Event('x', null).type), new Event(undefined).type].map((each) => Array.isArray(each) ? each.slice(0, 2) : each);",
    "const t = new EventTarget(); const seen = []; t.addEventListener('x', function (event) { seen.push(this === t, event.target === t, event.currentTarget === t, event.eventPhase, event.composedPath().length); }); const e = new Event('x'); t.dispatchEvent(e); return [seen, e.target === t, e.currentTarget, e.eventPhase, e.composedPath().length];",
    "const t = new EventTarget(); const seen = []; const f = () => seen.push('f'); t.addEventListener('x', f); t.addEventListener('x', f); t.addEventListener('x', f, true); t.addEventListener('x', f, { capture: true }); t.dispatchEvent(new Event('x')); t.removeEventListener('x', f); t.dispatchEvent(new Event('x')); t.removeEventListener('x', f, true); t.dispatchEvent(new Event('x')); return seen.length;",
    "const t = new EventTarget(); const seen = []; t.addEventListener('x', { handleEvent(event) { seen.push(event.type, this !== t); } }, { once: true }); t.dispatchEvent(new Event('x')); t.dispatchEvent(new Event('x')); return seen;",
    "const t = new EventTarget(); const seen = []; t.addEventListener('x', () => { seen.push(1); }); t.addEventListener('x', (e) => { e.stopPropagation(); seen.push(2); }); t.dispatchEvent(new Event('x')); return seen;",
    "const t = new EventTarget(); const e = new Event('x', { cancelable: true }); t.addEventListener('x', (event) => { event.preventDefault(); event.stopImmediatePropagation(); }); t.addEventListener('x', () => { throw 1; }); return [t.dispatchEvent(e), e.defaultPrevented, e.returnValue];",
    "const t = new EventTarget(); const e = new Event('x', { cancelable: true }); t.addEventListener('x', (event) => event.preventDefault(), { passive: true }); return [t.dispatchEvent(e), e.defaultPrevented];",
    "const t = new EventTarget(); let caught; const e = new Event('x'); t.addEventListener('x', () => { caught = told(() => t.dispatchEvent(e)); }); t.dispatchEvent(e); return caught[0];",
    "const t = new EventTarget(); return [told(() => t.dispatchEvent({ type: 'x' })), told(() => t.addEventListener('x')), told(() => t.addEventListener('x', null)), told(() => t.addEventListener('x', 5)), told(() => t.removeEventListener('x', null)), told(() => EventTarget())].map((each) => each.slice(0, 2));",
    "const e = new CustomEvent('x', { detail: { a: 1 } }); return [e.detail, new CustomEvent('y').detail, e instanceof Event, told(() => new CustomEvent()).slice(0, 2)];",
    "class Mine extends EventTarget { fire() { return this.dispatchEvent(new Event('fire')); } } const m = new Mine(); let seen = 0; m.addEventListener('fire', () => { seen += 1; }); return [m.fire(), seen, Object.prototype.toString.call(m)];",
    "class Mine extends Event { constructor(x) { super('mine'); this.x = x; } } const t = new EventTarget(); let x; t.addEventListener('mine', (e) => { x = e.x; }); t.dispatchEvent(new Mine(3)); return x;",
  ],
  DOMException: [
    "const e = new DOMException('m', 'AbortError'); return [e.name, e.message, e.code, e instanceof Error, String(e), Object.prototype.toString.call(e), Object.keys(e), typeof e.stack];",
    "return ['IndexSizeError', 'NotFoundError', 'NotSupportedError', 'InvalidStateError', 'SyntaxError', 'TimeoutError', 'DataCloneError', 'Error', 'OperationError', 'Nope'].map((name) => new DOMException('', name).code);",
    "return [DOMException.ABORT_ERR, DOMException.DATA_CLONE_ERR, DOMException.INDEX_SIZE_ERR, new DOMException().TIMEOUT_ERR];",
    "return [new DOMException().name, new DOMException().message, new DOMException('m', { name: 'X', cause: 5 }).cause, new DOMException(undefined, undefined).name, told(() => DOMException('x')).slice(0, 2)];",
    "const e = new DOMException('m'); return [told(() => { e.name = 'x'; })[1], e.name];",
  ],
  performance: [
    "const start = performance.now(); return [typeof start, start >= 0, performance.now() >= start, typeof performance.timeOrigin, Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 60_000];",
    "return [performance.timeOrigin > 1.6e12, typeof performance.toJSON];",
  ],
  language: [
    "return [typeof globalThis, globalThis === (0, eval)('this'), typeof eval, typeof Function, typeof Intl, typeof Temporal, typeof Iterator, typeof WeakRef, typeof FinalizationRegistry, typeof Proxy, typeof Reflect];",
    "return [typeof console.log, Object.prototype.toString.call(console)];",
    "return [new Intl.NumberFormat('de-DE').format(1234567.891), new Date(Date.UTC(2026, 1, 3)).toLocaleDateString('en-GB', { timeZone: 'UTC' }), 'ä'.localeCompare('z', 'de')];",
    "return [Object.getOwnPropertyDescriptor(globalThis, 'URL'), Object.getOwnPropertyDescriptor(globalThis, 'setTimeout')].map(({ writable, configurable }) => [writable, configurable]);",
    "const { promise, resolve } = Promise.withResolvers(); resolve(5); return [await promise, await Promise.try(() => 1), [3, 1].toSorted(), Object.groupBy([1, 2], (n) => n % 2 ? 'odd' : 'even'), new Set([1]).union(new Set([2])).size, Iterator.from([1, 2]).map((n) => n * 2).toArray(), Math.sumPrecise?.([1, 2]) ?? 3, RegExp.escape('a.b')];",
    "{ await using x = { async [Symbol.asyncDispose]() {} }; } return 1;",
  ],
};

describe.for(Object.entries(snippets))("%s, as in Node", ([, each]) => {
  test.for(each)("%s", (statements) => expectAsInNode(sandbox, statements));
});

test.for([
  "console.log('%s is %d years and %i days, %f', 'Bob', 42.5, 42.9, '1.5kg', 'more', 1);",
  "console.log('%d %i %f', 10n, 10n, 'x'); console.log('%d', {}); console.log('%i', Symbol()); console.log('%d', '0x10');",
  "console.log('%j %j', { a: [1] }, 'x'); const a = {}; a.self = a; console.log('%j', a);",
  "console.log('100%', 5); console.log('%%'); console.log('%% %s', 1); console.log('%s'); console.log('%x %s', 1); console.log('a%', 'b');",
  "console.log('%c styled', 'color: red'); console.log('%s', -0); console.log('%s', null, undefined); console.log('%s', 5n);",
  "console.log(); console.log(''); console.log('a', 'b'); console.log(1, '%s', 2);",
  "console.count(); console.count('x'); console.count(); console.countReset(); console.count();",
  "console.group('g'); console.warn('in\\nside'); console.group(); console.info('deep'); console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log('out');",
  "console.assert(true, 'no'); console.assert(false); console.assert(false, 'yes %s', 1); console.assert(0, 'x'); console.assert();",
  "console.table([{ a: 1, b: 'x' }, { a: 2, c: true }]); console.table([[1, 2], [3]]); console.table(5); console.table([1, 'a']);",
  "console.table({ one: { a: 1 }, two: 5 }); console.table([{ a: 1, b: 2 }], ['b']); console.table([]); console.table(new Set([1]));",
  "console.log([1, 2], [], {}, { a: 1 }, { a: [{}] }, -0, 1n, true, null, undefined, Symbol('s'));",
  `console.log(["it's", 'say "x"', "both ' and \\"", "new\\nline", "\\u0007\\\\"], { "a-b": 1, [Symbol("s")]: "x" });`,
  "console.log([1, , , 4], [,], new (class Foo extends Array {})(), new (class Bar { x = 'y' })(), Object.create(null));",
  "console.log(new Map([['a', { b: 'c' }]]), [() => 1, function f() {}, class {}, class B extends Map {}], new Uint8Array([1, 2]));",
  "console.log({ get a() { return 1; }, set b(v) {}, get c() { return 1; }, set c(v) {} }, [undefined, null], NaN, Infinity);",
  "console.log([Symbol('x')], [1n], [-0], Object(1), Object('s'), Object(true), new Boolean(false));",
  "console.dir({ a: 1 }); console.dirxml(1, 2); console.log(new Set([1]), new Map([[1, 2]]), /x/g, new Date(0), () => 1, class A {});",
])("%s writes as in Node", (statements) => expectLoggedAsInNode(sandbox, statements));

test("console says what is wrong with a label", async () => {
  const source =
    "console.time('t'); console.time('t'); console.timeEnd('none'); console.timeLog('none'); console.countReset('none');";
  const { logs } = await run(sandbox, `${source}\nexport default () => {};`);
  expect(logs).toEqual([
    { level: "warn", message: "Label 't' already exists for console.time()" },
    { level: "warn", message: "No such label 'none' for console.timeEnd()" },
    { level: "warn", message: "No such label 'none' for console.timeLog()" },
    { level: "warn", message: "Count for 'none' does not exist" },
  ]);
});

test("console.time(), console.timeLog() and console.timeEnd() tell the time that passed", async () => {
  const { logs } = await run(
    sandbox,
    "console.time(); console.timeLog(undefined, 'x'); console.timeEnd();\nexport default () => {};",
  );
  expect(logs.map(({ message }) => message.replace(/\d+\.\d{3}ms/, "…"))).toEqual(["default: … x", "default: …"]);
});
