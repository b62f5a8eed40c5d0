/** The picture: both boxes with their handles, what they share, what encloses them, and the pull of the chosen loss. */
import { attributes, html, onResize, setVisible, svg, uniqueName } from "../shared/dom.ts";
import { type Box, center, hull, intersection, type Size } from "../shared/boxes.ts";
import { BoxHandles, place, stacked } from "../shared/handles.ts";
import { ArrowLayer } from "./arrow_layer.ts";
import type { Arrow } from "./arrows.ts";
import { labelSpots } from "./labels.ts";
import type { BoxName, State } from "./state.ts";

const NAMES: readonly BoxName[] = ["target", "prediction"];

export interface CanvasHooks {
  size: Size;
  /** How much larger than usual text and handles are. */
  scale(): number;
  state(): State;
  write(name: BoxName, box: Box, gesture: string): void;
  reset(name: BoxName): void;
  done(): void;
}

interface DrawnBox {
  outline: SVGRectElement;
  /** Behind the outline, where a landscape would swallow it. */
  halo: SVGRectElement;
  label: SVGTextElement;
  handles: BoxHandles;
}

export class Canvas {
  readonly element: HTMLElement;
  /** Under the boxes: the landscape is painted here. */
  readonly underlay = html("canvas", { class: "lv-underlay", "aria-hidden": "true", hidden: true });
  /** Boxes of a race, drawn by the race. */
  readonly ghosts = svg("g", { class: "lv-ghosts" });
  private readonly drawing: SVGSVGElement;
  private readonly boxes = {} as Record<BoxName, DrawnBox>;
  private readonly unionTarget = svg("rect");
  private readonly unionPrediction = svg("rect");
  private readonly shared = svg("rect", { class: "lv-shared" });
  private readonly enclosing = svg("rect", { class: "lv-hull" });
  private readonly anchor = svg("rect", { class: "lv-anchor" });
  private readonly distance = svg("line", { class: "lv-distance" });
  private readonly arrows = new ArrowLayer();
  /** CSS pixels per user unit. */
  private zoom = 1;

  constructor(
    private readonly hooks: CanvasHooks,
    signal: AbortSignal,
  ) {
    const [w, h] = hooks.size;
    const hatch = uniqueName("lv-hatch");
    this.shared.style.fill = `url(#${hatch})`;
    this.drawing = svg(
      "svg",
      { viewBox: `0 0 ${w} ${h}`, role: "group", "aria-label": "Target and prediction boxes" },
      svg("defs", {}, hatching(hatch)),
      svg("g", { class: "lv-union" }, this.unionTarget, this.unionPrediction),
      this.shared,
      this.enclosing,
      this.anchor,
      this.ghosts,
      this.distance,
    );
    for (const name of NAMES) this.boxes[name] = this.drawBox(name, signal);
    const { target, prediction } = this.boxes;
    this.drawing.append(this.arrows.element, target.label, prediction.label);
    this.drawing.append(...stacked([target.handles, prediction.handles]));
    this.element = html("div", { class: "lv-canvas" }, this.underlay, this.drawing);
    this.element.style.aspectRatio = `${w} / ${h}`;
    onResize(this.element, () => this.resize(), signal);
  }

  draw(arrows: Arrow[]): void {
    const { target, prediction, anchor, parametrisation } = this.hooks.state();
    const common = intersection(target, prediction);
    place(this.unionTarget, target);
    place(this.unionPrediction, prediction);
    place(this.enclosing, hull(target, prediction));
    place(this.anchor, anchor);
    setVisible(this.anchor, parametrisation === "offsets");
    setVisible(this.shared, common !== null);
    if (common) place(this.shared, common);
    const [[x1, y1], [x2, y2]] = [center(target), center(prediction)];
    attributes(this.distance, { x1, y1, x2, y2 });
    for (const name of NAMES) this.drawBoxAt(name, this.hooks.state()[name]);
    this.placeLabels();
    this.arrows.draw(arrows, (10 * this.hooks.scale()) / this.zoom);
  }

  /** What screen readers hear of the handles; it may come later than the picture. */
  describe(): void {
    for (const name of NAMES) this.boxes[name].handles.draw(this.hooks.state()[name]);
  }

  /** Resolution that the underlay should have. */
  get pixels(): Size {
    const ratio = this.zoom * Math.min(window.devicePixelRatio || 1, 2);
    return [Math.round(this.hooks.size[0] * ratio), Math.round(this.hooks.size[1] * ratio)];
  }

  private resize(): void {
    const width = this.element.clientWidth;
    if (!width) return;
    this.zoom = width / this.hooks.size[0];
    this.element.style.setProperty("--lv-zoom", String(this.zoom));
    for (const name of NAMES) this.drawBoxAt(name, this.hooks.state()[name]);
    this.placeLabels();
  }

  private drawBox(name: BoxName, signal: AbortSignal): DrawnBox {
    const { hooks } = this;
    const outline = svg("rect", { class: `lv-box lv-${name}` });
    const label = svg("text", { class: `lv-label lv-${name}`, "aria-hidden": "true" }, name);
    const halo = svg("rect", { class: "lv-halo" });
    this.drawing.append(halo, outline);
    const handles = new BoxHandles(
      {
        name,
        size: () => hooks.size,
        read: () => hooks.state()[name],
        write: (box, gesture) => hooks.write(name, box, gesture),
        reset: () => hooks.reset(name),
        done: () => hooks.done(),
        zoom: () => this.zoom,
        scale: () => hooks.scale(),
      },
      signal,
    );
    return { outline, halo, label, handles };
  }

  private drawBoxAt(name: BoxName, box: Box): void {
    const drawn = this.boxes[name];
    place(drawn.outline, box);
    place(drawn.halo, box);
    drawn.handles.place(box);
  }

  private placeLabels(): void {
    const { target, prediction } = this.hooks.state();
    const unit = this.hooks.scale() / this.zoom;
    const spots = labelSpots(target, prediction, this.hooks.size, unit);
    for (const name of NAMES) attributes(this.boxes[name].label, { ...spots[name] });
  }
}

function hatching(id: string): SVGPatternElement {
  const values = {
    id,
    width: 7,
    height: 7,
    patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)",
  };
  return svg("pattern", values, svg("line", { class: "lv-hatch", x1: 0, y1: 0, x2: 0, y2: 7 }));
}
