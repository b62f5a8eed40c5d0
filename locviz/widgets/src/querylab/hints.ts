/** What QueryLab's controls do, in a word each. */

export const HINTS = {
  rest: "Click on a dot, a row of the matrix or a number of the table to choose a query.",
  step: "Which step of the training is looked at.",
  layer: "After which decoder layer: each one reads the picture anew and moves the boxes.",
  query: "Which query; the picture follows the arrow keys, too.",
  head: "Every head has its own weights; the mean is what they look at together.",
  play: "Plays the training: watch the lines from queries to objects settle.",
  back: "To the look before.",
  on: "To the next look.",
  story: "A row per object, a column per look: whose it was. A framed number has flipped. Click to go there.",
  reference: "The point that the query looks around. Drag it: all sampling places move along. Double-click puts it back.",
  reset: "Everything goes back to where the cell put it.",
  scene: "A dot is a query, where its box has its centre; its size is what the chosen query takes from it. Arrows choose.",
  matrix: "Each row is a query and takes from the columns; a click chooses the row's query.",
  cell: "The query that is responsible for the object; press it to look at that query in that layer.",
} as const;
