import { expect, test } from "vitest";
import { clientOf, createAddressReader } from "../../src/http/client-address.ts";

const proxies = ["10.0.0.0/8", "192.0.2.1", "2001:db8:a::/48"];

test.each([
  ["nothing but the connection", "198.51.100.7", undefined, "198.51.100.7"],
  ["a header that anybody may send", "198.51.100.7", "203.0.113.9", "198.51.100.7"],
  ["a proxy's word", "10.1.2.3", "203.0.113.9", "203.0.113.9"],
  ["what a client wrote before its proxy did", "10.1.2.3", "127.0.0.1, 203.0.113.9", "203.0.113.9"],
  ["several proxies", "10.1.2.3", "203.0.113.9, 192.0.2.1, 10.9.9.9", "203.0.113.9"],
  ["proxies alone", "10.1.2.3", "10.4.4.4", "10.4.4.4"],
  ["a proxy that says nothing", "10.1.2.3", undefined, "10.1.2.3"],
  ["a proxy that says what is no address", "10.1.2.3", "unknown", "10.1.2.3"],
  ["an address of IPv4 as IPv6 writes it", "::ffff:10.1.2.3", "::ffff:203.0.113.9", "203.0.113.9"],
  ["addresses with ports", "2001:db8:a::5", "[2001:db8:b::1]:443", "2001:db8:b::1"],
  ["an address with an interface", "fe80::1%eth0", undefined, "fe80::1"],
  ["no connection any more", undefined, "203.0.113.9", ""],
])("createAddressReader() reads %s", (_, connection, forwardedFor, address) => {
  expect(createAddressReader(proxies)(connection, forwardedFor)).toBe(address);
});

test("createAddressReader() believes nobody where no proxy was named", () => {
  expect(createAddressReader([])("127.0.0.1", "203.0.113.9")).toBe("127.0.0.1");
});

test.each([
  ["203.0.113.9", "203.0.113.9"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0db8:0001:0002::1", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["1::", "1:0:0:0::/64"],
  ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
])("clientOf(%s) is %s", (address, client) => {
  expect(clientOf(address)).toBe(client);
});
