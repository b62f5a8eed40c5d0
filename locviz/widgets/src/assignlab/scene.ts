/** A scene with objects to drag and priors marked by the object they are responsible for. */
import type { Box } from "../shared/boxes.ts";
import type { Png } from "../shared/buffers.ts";
import { placeIn, unitsPerPixel } from "../shared/drag.ts";
import { attributes, html, onResize, svg } from "../shared/dom.ts";
import { Photograph } from "../shared/photo.ts";
import { colourOf, dots, drawn, letterPlaces, mark, nearest, radius, type Spots } from "./marks.ts";
import { type ObjectHooks, SceneObject } from "./objects.ts";

const SIDE = 400; // user units of the longer side: about CSS pixels at scale 1
const REACH = 12; // half of a handle's hit target, in CSS pixels
const HOVER = 14; // how near the pointer must be to a prior, in units

/** What the pointer or the focus rests on; -1 for nothing. */
export interface Spot {
  prior: number;
  object: number;
}

export interface SceneHooks extends Omit<ObjectHooks, "focused" | "words" | "perPixel"> {
  scale(): number;
  selected(): number;
  hover(spot: Spot): void;
  /** A prior was clicked: it stays looked at; -1 for none. */
  keep(prior: number): void;
}

export class AssignScene {
  readonly element: HTMLElement;
  private readonly drawing = svg("svg", { class: "lv-scene", role: "group" });
  private readonly photo: Photograph;
  private readonly ignored = svg("path", { class: "lv-ignored" });
  private readonly ambiguous = rimmed("lv-ambiguous");
  private readonly flipped = rimmed("lv-flipped");
  private readonly marks = svg("g", { class: "lv-marks" });
  private readonly outlines = svg("g");
  private readonly letters = svg("g", { class: "lv-letters" });
  private readonly link = rimmed("lv-link");
  private readonly grips = svg("g");
  private readonly square = rimmed("lv-square");
  private readonly predicted = rimmed("lv-predicted");
  private pressed: [number, number] = [0, 0];
  private objects: SceneObject[] = [];
  private stop = new AbortController();
  private readonly unit: number;
  private readonly spots: Spots;
  private readonly finest: number;
  private dragging = false;
  private zoom = 1; // CSS pixels per unit; measuring it in every move would cost a layout each

  constructor(
    private readonly hooks: SceneHooks,
    places: Float32Array,
    private readonly strides: Float32Array,
    signal: AbortSignal,
  ) {
    const [height, width] = hooks.info.size;
    this.unit = SIDE / Math.max(height, width, 1);
    this.finest = Math.min(...strides);
    this.spots = {
      places: places.map((value) => value * this.unit),
      radii: strides.map((stride) => radius(stride, this.finest)),
    };
    const size = { width: width * this.unit, height: height * this.unit };
    attributes(this.drawing, { viewBox: `0 0 ${size.width} ${size.height}` });
    this.photo = new Photograph(signal);
    this.photo.fit(hooks.info.size, size);
    const every = dots(this.spots);
    // What never moves is a layer of its own: a thousand dots would be painted anew with every move.
    const ground = svg(
      "svg",
      { class: "lv-ground", viewBox: `0 0 ${size.width} ${size.height}`, "aria-hidden": "true" },
      svg("rect", { class: "lv-scene-ground", ...size }),
      this.photo.element,
      svg("path", { class: "lv-dots lv-dots-rim", d: every }),
      svg("path", { class: "lv-dots", d: every }),
    );
    this.element = html("div", { class: "lv-stack" }, ground, this.drawing);
    this.drawing.append(
      this.ignored,
      this.marks,
      ...this.flipped,
      ...this.ambiguous,
      this.outlines,
      this.letters,
      ...this.square,
      ...this.predicted,
      ...this.link,
      this.grips,
    );
    this.drawing.addEventListener("pointermove", (event) => this.pointed(event), { signal });
    const away = (event: PointerEvent) =>
      (event.target as Element).closest("[data-object]") || hooks.select(-1);
    this.drawing.addEventListener("pointerdown", away, { signal });
    this.drawing.addEventListener(
      "pointerleave",
      () => this.dragging || hooks.hover({ prior: -1, object: -1 }),
      { signal },
    );
    const pressed = (event: PointerEvent) => (this.pressed = [event.clientX, event.clientY]);
    this.drawing.addEventListener("pointerdown", pressed, { signal, capture: true });
    this.drawing.addEventListener("click", (event) => this.clicked(event), { signal });
    onResize(this.drawing, () => this.measure(), signal);
    signal.addEventListener("abort", () => this.stop.abort());
  }

  showPhoto(png: Png | undefined): void {
    this.photo.show(png);
  }

  /** Other objects came: make their outlines and handles. Larger ones lie below, so that every one can be gripped. */
  rebuild(apart: readonly boolean[]): void {
    this.stop.abort();
    this.stop = new AbortController();
    this.outlines.replaceChildren();
    this.grips.replaceChildren();
    const boxes = this.hooks.boxes().map((box) => this.flat(box));
    const hooks = this.objectHooks();
    this.objects = boxes.map(
      (_, index) => new SceneObject(index, apart[index] ?? false, hooks, this.stop.signal),
    );
    this.outlines.append(...this.objects.map(({ outline }) => outline));
    this.letters.replaceChildren(...this.objects.map(({ label }) => label));
    const area = ([x1, y1, x2, y2]: Box) => (x2 - x1) * (y2 - y1);
    const order = boxes.map((_, index) => index).sort((a, b) => area(boxes[b]) - area(boxes[a]));
    for (const index of order) this.grips.append(this.objects[index].body);
    for (const index of order) this.grips.append(...this.objects[index].corners);
    this.draw();
  }

  /** Put outlines and handles where the boxes are; what has not changed is left alone. */
  draw(): void {
    const reach = (REACH * this.hooks.scale()) / this.zoom;
    const [height, width] = this.hooks.info.size.map((side) => side * this.unit);
    const boxes = this.hooks.boxes().map((box) => this.flat(box).map((value) => value * this.unit));
    const letters = letterPlaces(boxes, width, height);
    boxes.forEach((box, index) =>
      this.objects[index]?.draw(box, this.hooks.selected() === index, reach, letters[index]),
    );
  }

  /** Draw who is responsible for whom; `words` says it. */
  show(
    owner: ArrayLike<number>,
    ambiguous: ArrayLike<number>,
    flipped: ArrayLike<number>,
    words: string,
  ): void {
    const paths = drawn(this.spots, this.objects.length, owner, ambiguous, flipped);
    attributes(this.drawing, { "aria-label": words });
    attributes(this.ignored, { d: paths.ignored });
    trace(this.ambiguous, paths.ambiguous);
    trace(this.flipped, paths.flipped);
    while (this.marks.children.length > paths.objects.length) this.marks.lastElementChild!.remove();
    paths.objects.forEach((d, index) => {
      const path =
        this.marks.children[index] ?? this.marks.appendChild(svg("path", { class: "lv-owned" }));
      attributes(path, { d });
      (path as SVGPathElement).style.setProperty("--lv-mark", colourOf(index));
    });
  }

  /** Ring the prior and tie it to the object, whichever is there. */
  highlight({ prior, object }: Spot): void {
    this.objects.forEach(({ outline }, index) =>
      outline.classList.toggle("lv-lit", index === object),
    );
    this.marks.classList.toggle("lv-dim", object >= 0 && prior < 0);
    Array.from(this.marks.children).forEach((path, index) =>
      path.classList.toggle("lv-lit", index === object),
    );
    if (prior < 0 || 2 * prior >= this.spots.places.length) return trace(this.link, "");
    const [x, y, r] = [
      this.spots.places[2 * prior],
      this.spots.places[2 * prior + 1],
      this.spots.radii[prior],
    ];
    let d = mark("circle", x, y, r + 7);
    const box = this.hooks.boxes()[object];
    if (box) {
      const [x1, y1, x2, y2] = this.flat(box).map((value) => value * this.unit);
      d += `M${x} ${y}L${(x1 + x2) / 2} ${(y1 + y2) / 2}`;
    }
    trace(this.link, d);
  }

  /** A span is drawn as high as the timeline. */
  private flat(box: readonly number[]): number[] {
    return this.hooks.info.dim === 2 ? [...box] : [box[0], 0, box[1], this.hooks.info.size[0]];
  }

  private measure(): void {
    const { width } = this.drawing.getBoundingClientRect();
    if (!width) return;
    this.zoom = width / (this.hooks.info.size[1] * this.unit);
    this.draw();
  }

  private pointed(event: PointerEvent): void {
    if (this.dragging || event.buttons) return;
    const prior = this.priorAt(event);
    const grip = (event.target as Element).closest?.("[data-object]");
    this.hooks.hover({
      prior,
      object: prior < 0 && grip ? Number(grip.getAttribute("data-object")) : -1,
    });
  }

  /** A click that moved nothing keeps the prior under it. */
  private clicked(event: MouseEvent): void {
    const [x, y] = this.pressed;
    if (Math.hypot(event.clientX - x, event.clientY - y) < 4) this.hooks.keep(this.priorAt(event));
  }

  private priorAt(event: MouseEvent): number {
    return nearest(this.spots, ...placeIn(this.drawing, event), HOVER);
  }

  /** Outline what the rule compares at the prior that is looked at, and what is predicted there. */
  explain(square: readonly number[], predicted: readonly number[]): void {
    trace(this.square, this.outline(square));
    trace(this.predicted, this.outline(predicted));
  }

  private outline(region: readonly number[]): string {
    if (!region.length) return "";
    const [x1, y1, x2, y2] = this.flat(region).map((value) => value * this.unit);
    return `M${x1} ${y1}H${x2}V${y2}H${x1}Z`;
  }

  private objectHooks(): ObjectHooks {
    return {
      ...this.hooks,
      write: (index, box, gesture) => {
        this.dragging = gesture === "drag";
        this.hooks.write(index, box, gesture);
      },
      done: () => {
        this.dragging = false;
        this.hooks.done();
      },
      focused: (object) => this.hooks.hover({ prior: -1, object }),
      words: (index) => this.words(index),
      perPixel: () => unitsPerPixel(this.drawing)[0] / this.unit,
    };
  }

  /** Said after the place of an object; the panel sets it when an answer arrives. */
  words: (index: number) => string = () => "";

  /** Where a prior is and what its mark looks like, for rows of the matrix. */
  describePrior(prior: number): string {
    const [x, y] = [
      this.spots.places[2 * prior] / this.unit,
      this.spots.places[2 * prior + 1] / this.unit,
    ];
    const at =
      this.hooks.info.dim === 2 ? `${Math.round(x)}, ${Math.round(y)}` : `${Math.round(x)}`;
    return `prior ${prior}, stride ${this.strides[prior]}, at ${at}`;
  }
}

/** A line that shows on any ground: its rim, then itself. */
function rimmed(name: string): SVGPathElement[] {
  return [svg("path", { class: `${name} lv-rim` }), svg("path", { class: name })];
}

function trace(paths: SVGPathElement[], d: string): void {
  for (const path of paths) attributes(path, { d });
}
