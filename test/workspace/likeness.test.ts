import fc from "fast-check";
import { expect, test } from "vitest";
import { nearestName } from "../../src/workspace/cascade.ts";
import { editDistance } from "../../src/workspace/edit-distance.ts";
import { baseName, folderOf } from "../../src/workspace/path.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { layerOf } from "./layers.ts";

/** The same without anything left out beforehand. */
function naively(names: readonly string[], wanted: string): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const isBeside = folderOf(name) === folderOf(wanted);
    const [one, other] = isBeside ? [baseName(wanted), baseName(name)] : [wanted, name];
    const reach = Math.min(Math.max(2, Math.floor(one.length / 3)), Math.ceil(one.length / 2) - 1);
    let distance = editDistance(one, other, one.length + other.length);
    if (!isBeside && baseName(name) === baseName(wanted)) distance = 1;
    if (name.toLowerCase() === wanted.toLowerCase()) distance = 1;
    if (distance <= reach && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

const segment = fc.string({ unit: fc.constantFrom("a", "b", "B", "c", "é", "_"), minLength: 1, maxLength: 7 });
const name = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join("/"));

test("nearestName() finds what comparing with every name finds", () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 12 }), name, (names, wanted) => {
      const layer = layerOf(
        globalScope,
        names.map((existing) => `${existing}.ts`),
      );
      expect(nearestName([layer], wanted)).toBe(naively(names, wanted));
    }),
    { numRuns: 2000 },
  );
});
