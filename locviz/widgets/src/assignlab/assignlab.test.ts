import assert from "node:assert/strict";
import { test } from "node:test";
import { shorts } from "../shared/buffers.ts";
import { colourOf, dots, drawn, letter, letterPlaces, mark, nearest, radius, SHAPES, shapeOf } from "./marks.ts";
import type { Film } from "./messages.ts";
import { cell, filmOf, shades } from "./state.ts";
import { headline, inWords, responsible, sentence } from "./words.ts";

const view = (values: Int16Array | Float32Array) => new DataView(values.buffer);
// Three priors in a row, four units apart, the last of a coarser level.
const spots = { places: [2, 2, 6, 2, 10, 2], radii: [3, 3, 6] };

test("objects are told apart by letter, shape and colour", () => {
  assert.deepEqual([0, 25, 26].map(letter), ["A", "Z", "A1"]);
  const looks = Array.from({ length: 64 }, (_, i) => `${shapeOf(i)} ${colourOf(i)}`);
  assert.equal(new Set(looks).size, 64);
  assert.equal(colourOf(0), "var(--lv-object-0)");
});

test("every mark is a closed path about its place", () => {
  for (const shape of SHAPES) assert.match(mark(shape, 10, 20, 3), /^M[-\d.]+ [-\d.]+.*Z$/);
  assert.equal(mark("square", 10, 20, 10), "M1 11h18v18h-18Z");
  assert.ok(radius(16, 4) > radius(4, 4));
});

test("priors go to the path of their object, ignored ones to their own, background is a dot like all", () => {
  const paths = drawn(spots, 2, [1, -1, -2], [], []);
  assert.equal(paths.objects[0], "");
  assert.equal(paths.objects[1], mark("square", 2, 2, 3));
  assert.equal(dots(spots), "M2 2h0M6 2h0M10 2h0");
  assert.match(paths.ignored, /^M4 -4l12 12/);
  assert.equal(paths.ambiguous + paths.flipped, "");
});

test("ambiguous priors and those that changed owner get marks of their own", () => {
  const paths = drawn(spots, 1, [0, 0, -1], [1, 0, 0], [0, 0, 1]);
  assert.equal(paths.ambiguous, mark("circle", 2, 2, 6.5));
  assert.equal(paths.flipped, mark("square", 10, 2, 10.5 / 0.9));
  assert.equal(paths.objects[0].split("M").length - 1, 2);
});

test("an owner that is not there any more is drawn as background", () => {
  assert.deepEqual(drawn(spots, 1, [4, -1, -1], [], []).objects, [""]);
});

test("the nearest prior, or none within reach", () => {
  assert.equal(nearest(spots, 6.9, 2.5, 14), 1);
  assert.equal(nearest(spots, 40, 40, 14), -1);
});

test("numbers of the matrix", () => {
  assert.deepEqual(
    [0.256, -1.5, 12.34, 123.4, Infinity, 1e6].map((value) => cell(value)),
    ["0.26", "−1.50", "12.3", "123", "–", "–"],
  );
  assert.equal(cell(0.001, "IoU"), "0");
});

test("the best number is darkest, and never is not dark at all", () => {
  assert.deepEqual(shades([0, 1, 3, Infinity], "cost"), [1, 2 / 3, 0, 0]);
  assert.deepEqual(shades([0, 0.2, 0.4], "IoU"), [0, 0.5, 1]);
  assert.deepEqual(shades([2, 2], "cost"), [1, 1]);
  assert.deepEqual(shades([], "cost"), []);
});

test("a film is cut into its frames", () => {
  const buffers = [
    view(Int16Array.of(7)),
    view(Int16Array.of(-1, 0, 0, -1)),
    view(Float32Array.of(0.25, 0.5)),
    view(Float32Array.of(1, 2)),
    view(Float32Array.of(3, 0)),
  ];
  const answer = { kind: "answer", seq: 1, name: "film", at: 5, side: 1 } as const;
  const sent: Film = { ...answer, film: "auction", frames: 2, columns: 1, says: ["a", "b"] };
  const film = filmOf(sent, buffers)!;
  assert.deepEqual(
    film.owners.map((owner) => [...owner]),
    [
      [-1, 0],
      [0, -1],
    ],
  );
  assert.deepEqual(
    film.values.map((value) => [...value]),
    [[0.25], [0.5]],
  );
  assert.deepEqual([film.side, film.at, film.gap[1]], [1, 5, 0]);
  assert.equal(filmOf({ ...answer, film: "" }, []), null);
});

test("int16 buffers arrive at any offset", () => {
  const whole = new Int16Array([9, -1, 4]);
  assert.deepEqual([...shorts(new DataView(whole.buffer, 2, 4))], [-1, 4]);
});

test("letters do not lie on each other where there is room, and stay in the picture", () => {
  const box = [10, 30, 90, 90];
  const places = letterPlaces([box, box, box, [40, 0, 99, 20]], 100, 100);
  assert.deepEqual(places[0], [14, 26]);
  places.forEach(([x, y], i) => {
    assert.ok(x >= 0 && x <= 86 && y >= 14 && y <= 100);
    for (const [a, b] of places.slice(i + 1))
      assert.ok(Math.abs(a - x) >= 14 || Math.abs(b - y) >= 16);
  });
});

test("eight objects have eight colours and eight shapes", () => {
  const eight = Array.from({ length: 8 }, (_, i) => i);
  assert.equal(new Set(eight.map(colourOf)).size, 8);
  assert.equal(new Set(eight.map(shapeOf)).size, 8);
});

test("even objects in one place keep their letters apart", () => {
  const places = letterPlaces(Array.from({ length: 8 }, () => [40, 40, 70, 70]), 400, 400);
  places.forEach(([x, y], i) => {
    for (const [a, b] of places.slice(i + 1))
      assert.ok(Math.abs(a - x) >= 14 || Math.abs(b - y) >= 16, `${[x, y]} on ${[a, b]}`);
  });
});

test("a count is singular where it is one", () => {
  assert.equal(responsible(1), "1 prior is responsible");
  assert.equal(responsible(0), "0 priors are responsible");
  assert.equal(responsible(1, 189), "1 of 189 priors is responsible");
  assert.equal(responsible(2, 189), "2 of 189 priors are responsible");
});

test("how two rules differ, in words", () => {
  assert.equal(
    inWords({ count: 1, first: 1, second: 0, other: 0 }),
    "The two rules differ at 1 prior: 1 is responsible for an object under the first only, " +
      "0 under the second only, 0 for another object.",
  );
  assert.match(inWords({ count: 9, first: 2, second: 3, other: 4 }), /9 priors: 2 are responsible/);
});

test("a reason becomes a sentence about the prior", () => {
  const lost = { won: false, says: "it lies 7.0 px outside A", values: [] };
  const won = { won: true, says: "won: IoU 0.62 with B reaches the threshold 0.50", values: [] };
  assert.equal(sentence(lost.says), "It lies 7.0 px outside A.");
  assert.equal(
    headline({ prior: 7, says: won.says, verdicts: [lost, won] }),
    "Prior 7 is responsible for B: IoU 0.62 with B reaches the threshold 0.50.",
  );
  assert.equal(
    headline({ prior: 7, says: "background: it overlaps no object", verdicts: [lost] }),
    "Prior 7 is background: it overlaps no object.",
  );
  assert.equal(
    headline({ prior: 7, says: "your rule answered -1: background", verdicts: [] }),
    "Prior 7: your rule answered -1: background.",
  );
});
