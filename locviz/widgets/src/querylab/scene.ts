/** The picture: what the chosen query reads, its box after each layer, and a dot for every query. */
import { floats } from "../shared/buffers.ts";
import { attributes, onResize, svg } from "../shared/dom.ts";
import { placeIn } from "../shared/drag.ts";
import { hinted } from "../shared/hint_line.ts";
import { labelPlaces } from "../shared/labels.ts";
import type { Photo } from "../shared/messages.ts";
import { Photograph } from "../shared/photo.ts";
import { HINTS } from "./hints.ts";
import { afterKey, colourOf, dashOf, keyOf, nearestCentre, opacities, shifted } from "./marks.ts";
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
  private readonly owned = svg("g");
  private readonly trail = svg("g", { class: "lv-trail" });
  private readonly links = svg("g");
  private readonly chain = svg("g");
  private readonly dots = svg("g");
  private readonly labels = svg("g", { class: "lv-labels" });
  private readonly size: readonly [number, number];
  private result: Result | null = null;
  private layer = 0;
  private drawn = "";
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
    const drawn = svg("g", { "aria-hidden": "true" }, this.photo.element, this.heat, this.truths, this.owned, this.chain, this.trail, this.links, this.dots, this.labels);
    this.element.append(drawn);
    this.listen(signal);
    onResize(this.element, () => this.measure(), signal);
  }

  show(result: Result, layer: number): void {
    const { step, query, head } = result.of;
    const key = keyOf(step, query, layer, head);
    this.result = result;
    this.layer = layer;
    if (key === this.drawn) return this.moveReference(result.of.reference);
    this.drawn = key;
    this.drawHeat(result);
    this.draw();
  }

  /** The sampling places around another reference point, before the kernel answers. */
  moveReference(to: readonly number[]): void {
    if (!this.result?.dots.byteLength) return;
    const { dots, of, reference } = this.result;
    const from = of.reference.length ? of.reference : reference;
    this.drawPlaces(shifted(floats(dots), [from[0], from[1] ?? reference[1]], to.length ? to : reference));
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
    this.element.style.setProperty("--lv-mine", colourOf(this.info.colours[query]));
    this.drawMatch(this.result);
    this.drawTrail(this.result);
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
        const colour = colourOf(this.info.colours[i]);
        const kind = `${object >= 0 ? " lv-matched" : ""}${i === query ? " lv-chosen" : ""}`;
        const r = (2.5 + 5.5 * Math.sqrt(shares[i])) / this.zoom;
        const place = { "data-query": i, cx: (x1 + x2) / 2, cy: (y1 + y2) / 2, r };
        return svg("circle", { class: `lv-query${kind}`, ...place, style: `--lv-own: ${colour}` }, title(queries[i].words));
      }),
    );
    this.drawLabels(this.result);
  }

  /** From each query that is responsible for an object a line to it, and its box. */
  private drawMatch({ queries, of }: Result): void {
    const matched = queries.flatMap(({ box, object }, i) => (object >= 0 ? [{ box, object, i }] : []));
    this.owned.replaceChildren(
      ...matched.filter(({ i }) => i !== of.query).map(({ box, i }) =>
        svg("rect", { class: "lv-owned", style: `--lv-own: ${colourOf(this.info.colours[i])}`, ...placed(box) }),
      ),
    );
    this.links.replaceChildren(
      ...matched.flatMap(({ box, object, i }) => {
        const [[x1, y1], [x2, y2]] = [centre(box), centre(this.info.gt[object])];
        const style = `--lv-own: ${colourOf(this.info.colours[i])}`;
        const now = i === of.query ? " lv-now" : "";
        return ["lv-link-rim", "lv-link"].map((name) => svg("line", { class: name + now, style, x1, y1, x2, y2 }));
      }),
    );
  }

  /** Where the chosen query has been so far in the training. */
  private drawTrail({ trail, of }: Result): void {
    const line = (name: string, from: number, to: number) =>
      svg("polyline", { class: name, points: trail.slice(from, to).map((place) => place.join(",")).join(" ") });
    const r = 2 / this.zoom;
    const past = trail.slice(0, of.step).map(([cx, cy]) => svg("circle", { class: "lv-been", cx, cy, r }));
    this.trail.replaceChildren(...(trail.length ? [line("lv-past", 0, of.step + 1), ...past] : []));
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

  private drawPlaces(places: Float32Array | number[]): void {
    const num = places.length / 3;
    if (this.heat.childElementCount !== num || this.heat.firstElementChild?.tagName !== "circle")
      this.heat.replaceChildren(...Array.from({ length: num }, () => svg("circle", { class: "lv-place" })));
    Array.from(this.heat.children).forEach((circle, i) => {
      const [cx, cy, weight] = places.slice(3 * i, 3 * i + 3);
      attributes(circle, { cx, cy, r: (0.008 + 0.06 * Math.sqrt(weight)) * Math.max(...this.size) });
    });
  }

  private drawLabels({ chain, of, matches }: Result): void {
    const unit = this.hooks.scale() / this.zoom;
    const notes = [
      { box: chain[this.layer], text: `query ${of.query}`, kind: "lv-label-query" },
      ...this.info.gt.map((box, i) => ({ box, text: [letter(i), ...this.whose(matches[i])].join(" \u2190 "), kind: "lv-label-truth" })),
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

  private whose(row: Result["matches"][number]): string[] {
    const { queries } = row[this.layer];
    return queries.length ? [queries.join(", ")] : [];
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

const centre = ([x1, y1, x2, y2]: readonly number[]) => [(x1 + x2) / 2, (y1 + y2) / 2];
const title = (text: string) => {
  const element = svg("title");
  element.textContent = text;
  return element;
};
const placed = ([x, y, x2, y2]: readonly number[]) => ({ x, y, width: Math.max(x2 - x, 0), height: Math.max(y2 - y, 0) });
