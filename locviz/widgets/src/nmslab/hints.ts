/** What NMSLab's controls do, in a word each. */

export const HINTS = {
  rest: "Drag a box, or the line on its bar; point at one to read what has become of it.",
  method: "What suppresses; below it stands what it does.",
  second: "A second method beside the first, on the same boxes.",
  threshold: "An IoU above it suppresses; methods that look at every overlap have none.",
  second_threshold: "The second method's own threshold; a double-click lets it follow the first's.",
  sigma: "How fast scores decay with the overlap: small is hard. Of Gaussian Soft-NMS and Matrix-NMS.",
  beta: "DIoU-NMS's power: the smaller, the more a distance of the centres saves a box.",
  weight: "How much closeness to the cluster's centre counts beside the score, in CL-balanced NMS.",
  score_threshold: "Boxes that score this or less after suppression are not reported.",
  all_labels: "Whether boxes of different classes suppress each other, too.",
  first: "Before the first step.",
  back: "One step back.",
  play: "Play the steps, or pause.",
  on: "One step on.",
  last: "To the end.",
  step: "Go to any step.",
  reset: "Everything goes back to where the cell put it.",
  box: "Drag it; arrows move it by a pixel, Alt and arrows resize it; double-click puts it back.",
  score: "Its score before suppression; the bar shows what is left of it.",
} as const;
