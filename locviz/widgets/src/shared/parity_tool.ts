/**
 * A command-line tool for the tests: what this code says of given boxes, to be compared with torch.
 *
 *   node tool.mjs evaluate job.json    job: {setting, pairs: [[prediction 4, target 4], ...]}
 *   node tool.mjs race job.json        job: {setting, pairs, steps, rate}
 *
 * Prints JSON: per pair the IoU and, in the order of ALL_LOSSES, values and gradients; or the regions of each run.
 */
import { readFileSync } from "node:fs";
import { race } from "./descent.ts";
import { ALL_LOSSES } from "./losses.ts";
import { evaluate, type Setting } from "./parameters.ts";

interface Job {
  setting: Setting;
  pairs: [number[], number[]][];
  steps: number;
  rate: number;
}

const commands = {
  evaluate: ({ setting, pairs }: Job) =>
    pairs.map(([prediction, target]) => {
      const { iou, losses } = evaluate(prediction, target, setting);
      return [iou, ...ALL_LOSSES.flatMap((name) => [losses[name].value, ...losses[name].gradient])];
    }),
  race: ({ setting, pairs, steps, rate }: Job) =>
    pairs.map(([start, target]) => {
      const runs = race(ALL_LOSSES, start, target, setting, { steps, rate });
      return ALL_LOSSES.map((name) => runs.get(name)!.regions);
    }),
};

const [command, path] = process.argv.slice(2);
const job = JSON.parse(readFileSync(path, "utf8")) as Job;
// JSON has no NaN: a string makes the comparison fail instead of passing as null.
const text = JSON.stringify(commands[command as keyof typeof commands](job), (_, value) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
);
process.stdout.write(text);
