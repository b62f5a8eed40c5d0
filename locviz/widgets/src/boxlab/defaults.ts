/** BoxLab's traits where no kernel sends them: those of `BoxLab()`. */
import type { CommonKernelTraits } from "../shared/messages.ts";
import type { UserTraits } from "./messages.ts";

export const PLAIN: UserTraits & CommonKernelTraits = {
  target: [90, 80, 210, 200],
  prediction: [170, 135, 310, 235],
  anchor: [140, 90, 260, 210],
  size: [300, 400], // height, width
  loss: "giou",
  focal: false,
  parametrisation: "corners",
  units: "pixels",
  landscape: "off",
  learning_rate: 0.05,
  race_steps: 200,
  simple: false,
  scale: 1,
  seq: 0,
  gesture: "",
  last_error: "",
  challenges: [],
};
