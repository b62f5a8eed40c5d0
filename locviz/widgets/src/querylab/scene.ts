/** The picture: what the chosen query reads, its box after each layer, and a dot for every query. */
import { floats } from "../shared/buffers.ts";
import { attributes, onResize, svg } from "../shared/dom.ts";
import { placeIn } from "../shared/drag.ts";
import { hinted } from "../shared/hint_line.ts";
import { labelPlaces } from "../shared/labels.ts";
import type { Photo } from "../shared/messages.ts";
import { Photograph } from "../shared/photo.ts";
import { HINTS } from "./hints.ts";
import { afterKey, dashOf, nearestCentre, opacities } from "./marks.ts";
import type { Result, Scene } from "./messages.ts";

const LETTER = 7; // how wide a letter of a label is at most, in CSS pixels

export interface SceneHooks {
  query(): number;
  pick(query: number, gesture: string): void;
  reset(): void;
  scale(): number;
}

const letter = (i: number) => String.fromCharCode(65 + (i % 26)) + (i >= 26 ? Math.floor(i / 26) : "");

export class QueryScene {
  readonly element = svg("svg", { class: "lv-scene", role: "slider", tabindex: 0, "aria-label": "query" });
  private readonly photo: Photograph;
  private readonly heat = svg("g", { class: "lv-heat" });
  private readonly truths = svg("g");
  private readonly chain = svg("g");
  private readonly dots = svg("g");
  private readonly labels = svg("g", { class: "lv-labels" });
  private readonly size: readonly [number, number];
  private result: Result | null = null;
  private layer = 0;
  private zoom = 1;

  constructor(
    private readonly info: Scene,
    photograph: Photo,
    private readonly hooks: SceneHooks,
    signal: AbortSignal,
  ) {
    const [height, width] = photograph.size;
    this.size = [width, height];
    attributes(this.element, { viewBox: `0 0 ${width} ${height}`, "aria-valuemin": 0, "aria-valuemax": info.queries - 1 });
    hinted(this.element, HINTS.scene);
    this.photo = new Photograph(signal);
    this.photo.fit(photograph.size, { width, height });
    this.photo.show(photograph.png);
    const twice = (box: readonly number[]) => ["lv-rim", "lv-truth"].map((name) => svg("rect", { class: name, ...placed(box) }));
    this.truths.append(...info.gt.flatMap(twice));
    const drawn = svg("g", { "aria-hidden": "true" }, this.photo.element, this.heat, this.truths, this.chain, this.dots, this.labels);
    this.element.append(drawn);
    this.listen(signal);
    onResize(this.element, () => this.measure(), signal);
  }

  show(result: Result, layer: number): void {
    this.result = result;
    this.layer = layer;
    this.drawHeat(result);
    this.draw();
  }

  private measure(): void {
    const wide = this.element.getBoundingClientRect().width;
    if (!wide) return;
    this.zoom = (this.element.clientWidth || wide) / this.size[0];
    this.element.style.setProperty("--lv-zoom", String(this.zoom));
    this.draw();
  }

  private draw(): void {
    if (!this.result) return;
    const { chain, queries } = this.result;
    const query = this.result.of.query;
    this.chain.replaceChildren(
      ...chain.flatMap((box, layer) => {
        const now = layer === this.layer ? " lv-now" : "";
        const dash = dashOf(layer, chain.length);
        return [
          svg("rect", { class: `lv-rim${now}`, ...placed(box) }),
          svg("rect", { class: `lv-chain${now}`, "data-layer": layer, "stroke-dasharray": dash, ...placed(box) }),
        ];
      }),
    );
    const row = floats(this.result.between).subarray(query * queries.length, (query + 1) * queries.length);
    const shares = opacities(row, queries.length, 1);
    const rank = (i: number) => (i === query ? 2 : queries[i].object >= 0 ? 1 : 0); // the chosen one lies on top
    const order = queries.map((_, i) => i).sort((a, b) => rank(a) - rank(b));
    this.dots.replaceChildren(
      ...order.map((i) => {
        const { box: [x1, y1, x2, y2], object } = queries[i];
        const kind = `${object >= 0 ? " lv-matched" : ""}${i === query ? " lv-chosen" : ""}`;
        const r = (2.5 + 5.5 * Math.sqrt(shares[i])) / this.zoom;
        return svg("circle", { class: `lv-query${kind}`, "data-query": i, cx: (x1 + x2) / 2, cy: (y1 + y2) / 2, r });
      }),
    );
    this.drawLabels(this.result);
  }

  private drawHeat({ heat, heat_size: [rows, columns], extent, dots }: Result): void {
    if (dots.byteLength) return this.drawPlaces(floats(dots));
    const [wide, high] = [extent[0] / columns, extent[1] / rows];
    const weights = opacities(floats(heat), rows * columns, 0.8);
    const top = weights.indexOf(Math.max(...weights));
    const cells = weights.map((opacity, i) =>
      svg("rect", {
        class: i === top ? "lv-cell lv-top" : "lv-cell",
        x: (i % columns) * wide,
        y: Math.floor(i / columns) * high,
        width: wide,
        height: high,
        "fill-opacity": opacity,
      }),
    );
    this.heat.replaceChildren(...cells);
  }

  private drawPlaces(places: Float32Array): void {
    const circles = Array.from({ length: places.length / 3 }, (_, i) => {
      const [cx, cy, weight] = places.subarray(3 * i, 3 * i + 3);
      return svg("circle", { class: "lv-place", cx, cy, r: (0.008 + 0.06 * Math.sqrt(weight)) * Math.max(...this.size) });
    });
    this.heat.replaceChildren(...circles);
  }

  private drawLabels({ chain, of }: Result): void {
    const unit = this.hooks.scale() / this.zoom;
    const notes = [
      { box: chain[this.layer], text: `query ${of.query}`, kind: "lv-label-query" },
      ...this.info.gt.map((box, i) => ({ box, text: letter(i), kind: "lv-label-truth" })),
    ];
    const [width, height] = this.size;
    const wide = (text: string) => (LETTER * text.length + 6) * unit;
    const places = labelPlaces(
      notes.map(({ box, text }) => ({ box, wide: wide(text) })),
      { width, height, high: 16 * unit, gap: 4 * unit },
    );
    this.labels.replaceChildren(
      ...notes.flatMap(({ text, kind }, i) => {
        const place = places[i];
        if (!place) return [];
        const [x, y] = place;
        const rect = svg("rect", { x, y: y - 12 * unit, width: wide(text), height: 15 * unit, rx: 3 * unit });
        return [svg("g", { class: `lv-label ${kind}` }, rect, svg("text", { x: x + 3 * unit, y: y - unit }, text))];
      }),
    );
  }

  /** What a screen reader hears, at once. */
  describe(query: number, words: string): void {
    attributes(this.element, { "aria-valuenow": query, "aria-valuetext": words });
  }

  private listen(signal: AbortSignal): void {
    const { element, hooks } = this;
    let before = hooks.query();
    element.addEventListener("focus", () => (before = hooks.query()), { signal });
    const key = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const next = event.key === "Escape" ? before : afterKey(event.key, hooks.query(), this.info.queries);
      if (next === null) return;
      event.preventDefault();
      event.stopPropagation();
      hooks.pick(next, event.key === "Escape" ? "restore" : "key");
    };
    element.addEventListener("keydown", key, { signal });
    const click = (event: MouseEvent) => {
      const [x, y] = placeIn(element, event);
      const found = this.result ? nearestCentre(this.result.queries.map(({ box }) => box), x, y) : -1;
      if (found >= 0 && event.detail < 2) hooks.pick(found, "pick");
    };
    element.addEventListener("click", click, { signal });
    element.addEventListener("dblclick", () => hooks.reset(), { signal });
  }
}

const placed = ([x, y, x2, y2]: readonly number[]) => ({ x, y, width: Math.max(x2 - x, 0), height: Math.max(y2 - y, 0) });
