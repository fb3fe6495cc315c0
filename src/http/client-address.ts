// Whose request it is, as far as an address can tell. What a proxy says of whom it speaks for is believed of those proxies
// alone that the operator named: anybody can send the header.
import { BlockList, isIP } from "node:net";

/** Gives the address that a request comes from: out of that of its connection and of its header X-Forwarded-For. */
export type AddressReader = (connection: string | undefined, forwardedFor: string | undefined) => string;

/** `trustedProxies`: addresses and networks in CIDR notation, such as `10.0.0.0/8`, whose header is believed. */
export function createAddressReader(trustedProxies: readonly string[]): AddressReader {
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string) => {
    const version = isIP(address);
    return version !== 0 && trusted.check(address, version === 6 ? "ipv6" : "ipv4");
  };
  return (connection = "", forwardedFor = "") => {
    // Each proxy adds at the end whom it heard it from, so the last that is no proxy of ours is who it is. What stands
    // before was written by anybody.
    const named = forwardedFor.split(",").map((part) => withoutPort(part.trim()));
    let address = plain(connection);
    while (isTrusted(address)) {
      const next = named.pop();
      if (next === undefined || isIP(next) === 0) break;
      address = plain(next);
    }
    return address;
  };
}

/** What a client is counted by: its address, of IPv6 the /64 network, which is what one customer is given at least. */
export function clientOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  // A tail such as 192.0.2.1 is two groups.
  const length = before.length + after.length + (address.includes(".") ? 1 : 0);
  const groups = [...before, ...Array.from({ length: tail === undefined ? 0 : 8 - length }, () => "0"), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

/** An address of IPv4 is one however the system writes it, and an interface is no part of an address. */
function plain(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address.replace(/%.*$/, "");
}

/** Some proxies name the port too, as `192.0.2.1:1234` or `[2001:db8::1]:1234`. */
function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}
