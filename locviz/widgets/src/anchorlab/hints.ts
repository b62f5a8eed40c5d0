/** What AnchorLab's controls do, in a word each. */

export const HINTS = {
  rest: "Drag the box; click another box to drag that one; click between the boxes to look at another cell.",
  target: "The target: drag its body, an edge or a corner; double-click puts it back where it was annotated.",
  cell: "The cell whose anchors are drawn: drag it; double-click sends it back to the target's centre.",
  scales: "An anchor's side, in strides of its level: it is as large as a square of this side.",
  ratios: "An anchor's height over its width; its area stays the same.",
  add: "Add one more: every cell gets more anchors.",
  remove: "Leave this one out: every cell gets fewer anchors.",
  stride: "Switch the level with this stride (pixels per cell) on or off; the last one stays.",
  another: "A stride of your own, 2 to 256 pixels; Enter adds its level.",
  addStride: "Add a level with the stride in the field.",
  looks: "Draw the anchors of this level; below it, how many of them are positive.",
  best: "Draw the level of the target's best anchor, whichever it is.",
  positive: "From this IoU with a box an anchor is positive; recall is read here.",
  negative: "Below this IoU with every box an anchor is negative; in between it is ignored.",
  forced: "Each box's best anchors are positive, however little they overlap it (the rule of Faster R-CNN's RPN).",
  reset: "Everything goes back to where the cell put it.",
} as const;

/** Of the buttons that turn pages. */
export const FLIPS = {
  "Previous image": "Turn to the image before; its first box becomes the target.",
  "Next image": "Turn to the next image; its first box becomes the target.",
  "Previous box": "Take the image's box before as the target.",
  "Next box": "Take the image's next box as the target.",
} as const;
