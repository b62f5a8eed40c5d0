/** Arrows in the picture: their elements stay and move, because new ones cost a frame more than they need. */
import { attributes, svg } from "../shared/dom.ts";
import type { Arrow } from "./arrows.ts";

interface Drawn {
  group: SVGGElement;
  halo: SVGLineElement;
  line: SVGLineElement;
  head: SVGPathElement;
}

export class ArrowLayer {
  readonly element = svg("g", { class: "lv-arrows", "aria-hidden": "true" });
  private readonly drawn: Drawn[] = [];

  /** Draw these arrows and no others; a head is at most `longest` user units long. */
  draw(arrows: readonly Arrow[], longest: number): void {
    while (this.drawn.length > arrows.length) this.drawn.pop()!.group.remove();
    while (this.drawn.length < arrows.length) this.add();
    arrows.forEach((arrow, i) => move(this.drawn[i], arrow, longest));
  }

  private add(): void {
    const halo = svg("line", { class: "lv-arrow-halo" });
    const line = svg("line", { class: "lv-arrow" });
    const head = svg("path", { class: "lv-arrow-head" });
    const group = svg("g", {}, halo, line, head);
    this.drawn.push({ group, halo, line, head });
    this.element.append(group);
  }
}

function move({ halo, line, head }: Drawn, { x, y, dx, dy }: Arrow, longest: number): void {
  const size = Math.hypot(dx, dy);
  const length = Math.min(longest, size * 0.7);
  const [ux, uy] = [dx / size, dy / size];
  const [tx, ty] = [x + dx, y + dy];
  const [bx, by] = [tx - ux * length, ty - uy * length];
  const wing = length * 0.5;
  const at = (...numbers: number[]) => numbers.map((value) => value.toFixed(2)).join(" ");
  const d = `M${at(tx, ty)}L${at(bx - uy * wing, by + ux * wing)}L${at(bx + uy * wing, by - ux * wing)}Z`;
  attributes(halo, { x1: x, y1: y, x2: tx, y2: ty });
  attributes(line, { x1: x, y1: y, x2: bx, y2: by });
  attributes(head, { d });
}
