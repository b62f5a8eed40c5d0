/** What AssignLab's controls do, in a word each; those of an assigner's knobs come with the knobs. */

export const HINTS = {
  rest: "Drag an object; point at a prior to see which object it is responsible for, and why.",
  before: "Turn to the scene before.",
  next: "Turn to the next scene.",
  steps: "The training step whose predictions the rules see; rules that look at no predictions do not change.",
  against: "What the dashed squares compare with: they mark the priors that have another owner now.",
  pin: "Remember this answer, to count what changes from here on; a second press forgets it.",
  reset: "Everything goes back to where the cell put it.",
  rule: "The rule that decides which prior is responsible for which object.",
  second: "A second rule beside the first one, on the same objects.",
  object: "Drag it; arrows move it by a pixel, Alt and arrows resize it; double-click puts it back.",
  corner: "Drag the corner to resize the object.",
  open: "Play what happens inside the rule, step by step; once more for the result.",
  back: "One step back.",
  play: "Play the steps, or pause.",
  on: "One step on.",
  speed: "How fast it plays.",
  step: "Go to any step.",
  matrix: "Arrows walk from prior to prior, and say which object each is responsible for, and why.",
} as const;
