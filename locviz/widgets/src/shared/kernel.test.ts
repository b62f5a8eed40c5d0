import assert from "node:assert/strict";
import { test } from "node:test";
import { floats } from "./buffers.ts";
import { asker, LatestWins } from "./kernel.ts";
import type { Answer } from "./messages.ts";
import { LocalModel } from "./model.ts";

test("three questions fly, of the others only the newest waits", () => {
  const sent: [number, string][] = [];
  const wins = new LatestWins<string>((seq, question) => sent.push([seq, question]));
  for (const question of ["a", "b", "c", "d", "e", "f"]) wins.ask(question);
  assert.deepEqual(sent, [
    [1, "a"],
    [2, "b"],
    [3, "c"],
  ]);
  assert.equal(wins.answered(1), true);
  assert.deepEqual(sent.at(-1), [6, "f"]);
  assert.equal(wins.inFlight, 3);
  for (const seq of [2, 3, 6]) wins.answered(seq);
  assert.equal(wins.inFlight, 0);
  assert.equal(sent.length, 4);
});

test("an answer older than one already seen is stale", () => {
  const wins = new LatestWins<string>(() => {});
  wins.ask("a");
  wins.ask("b");
  assert.equal(wins.answered(2), true);
  assert.equal(wins.answered(1), false);
});

test("a lost kernel leaves nothing under way", () => {
  const sent: string[] = [];
  const wins = new LatestWins<string>((_, question) => sent.push(question), 1);
  wins.ask("a");
  wins.ask("b");
  wins.lost();
  wins.ask("c");
  assert.deepEqual(sent, ["a", "c"]);
});

test("over a model: questions carry kind and seq, failed answers free their place and are not shown", () => {
  const model = new LocalModel({});
  const stop = new AbortController();
  const got: unknown[] = [];
  const questions = asker(
    model,
    (answer: Answer & { value: number }) => got.push(answer.value),
    stop.signal,
  );
  questions.ask({ name: "x" });
  questions.ask({ name: "y" });
  assert.deepEqual(model.sent[0], { kind: "ask", seq: 1, name: "x" });
  model.emit("msg:custom", { kind: "answer", seq: 1, error: "ValueError: no" });
  model.emit("msg:custom", { kind: "answer", seq: 2, value: 7 });
  model.emit("msg:custom", { kind: "other", seq: 3 });
  assert.deepEqual(got, [7]);
  assert.equal(questions.inFlight, 0);
  stop.abort();
  model.emit("msg:custom", { kind: "answer", seq: 4, value: 8 });
  assert.deepEqual(got, [7]);
});

test("float32 buffers arrive at any byte offset", () => {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setFloat32(3, 1.5, true);
  assert.deepEqual([...floats(new DataView(bytes.buffer, 3, 4))], [1.5]);
});
