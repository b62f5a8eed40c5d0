/** The part of anywidget's model that the views use, and a stand-in for pages that have no kernel. */
import type { CommonTraits } from "./messages.ts";

/** What Jupyter itself keeps in every widget's model. */
interface Jupyter {
  layout?: { comm_live?: boolean };
}

type Name<Traits> = keyof Traits & string;

/** A widget's traits, as its `messages.ts` declares them. */
export interface Model<Traits extends object = CommonTraits & Jupyter> {
  get<K extends Name<Traits>>(name: K): Traits[K];
  set<K extends Name<Traits>>(name: K, value: Traits[K]): void;
  save_changes(): void;
  on(event: string, callback: (...args: any[]) => void): void;
  off(event: string, callback: (...args: any[]) => void): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
}

/** What anywidget hands to `render`. */
export interface RenderContext<Traits extends object> {
  model: Model<Traits>;
  el: HTMLElement;
}

/** A model without a kernel: traits are plain values, nothing is ever answered. For static pages and for tests. */
export class LocalModel<Traits extends object> implements Model<Traits> {
  readonly sent: unknown[] = [];
  private readonly traits: Map<string, unknown>;
  private readonly listeners = new Map<string, Set<(...args: any[]) => void>>();

  constructor(traits: Partial<Traits>) {
    this.traits = new Map(Object.entries(traits));
  }

  get<K extends Name<Traits>>(name: K): Traits[K] {
    return this.traits.get(name) as Traits[K];
  }

  set<K extends Name<Traits>>(name: K, value: Traits[K]): void {
    if (Object.is(this.traits.get(name), value)) return;
    this.traits.set(name, value);
    this.emit(`change:${name}`, this, value);
  }

  save_changes(): void {}

  on(event: string, callback: (...args: any[]) => void): void {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event)!.add(callback);
  }

  off(event: string, callback: (...args: any[]) => void): void {
    this.listeners.get(event)?.delete(callback);
  }

  send(content: unknown): void {
    this.sent.push(content);
  }

  emit(event: string, ...args: unknown[]): void {
    this.listeners.get(event)?.forEach((callback) => callback(...args));
  }
}

/** Listen until `signal` aborts. */
export function listen(
  model: Pick<Model, "on" | "off">,
  event: string,
  callback: (...args: any[]) => void,
  signal: AbortSignal,
): void {
  model.on(event, callback);
  signal.addEventListener("abort", () => model.off(event, callback));
}
