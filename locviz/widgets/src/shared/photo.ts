/** The photograph under a drawing, from the PNG that the kernel sends. */
import type { Png } from "./buffers.ts";
import { attributes, svg } from "./dom.ts";

const SMALL = 200; // images with fewer pixels keep them visible instead of blurring

export class Photograph {
  readonly element = svg("image", { preserveAspectRatio: "none" });
  private url = "";

  constructor(signal: AbortSignal) {
    signal.addEventListener("abort", () => URL.revokeObjectURL(this.url));
  }

  /** Cover `size` user units with an image of so many pixels. */
  fit([height, width]: readonly number[], size: { width: number; height: number }): void {
    attributes(this.element, size);
    this.element.style.imageRendering = Math.max(height, width) < SMALL ? "pixelated" : "auto";
  }

  /** Show a PNG; nothing where there is none. */
  show(png: Png | undefined): void {
    URL.revokeObjectURL(this.url);
    const blob = () => new Blob([png as DataView<ArrayBuffer>], { type: "image/png" });
    this.url = png?.byteLength ? URL.createObjectURL(blob()) : "";
    attributes(this.element, { href: this.url || null });
  }
}
