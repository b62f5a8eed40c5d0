/** What Monitor says about a run. */

import type { Progress, Status } from "./messages.ts";

export const STATUS: Record<Status, string> = {
  idle: "Waiting for a run",
  running: "Training",
  paused: "Paused",
  finished: "Finished",
  stopped: "Stopped",
  failed: "Failed",
};

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60
    ? `${whole} s`
    : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

export function progressInWords(
  { step, num_steps, seconds, left }: Progress,
  status: Status,
): string {
  if (step === undefined || num_steps === undefined) return "";
  const rest = status === "running" && left ? `, about ${duration(left)} left` : "";
  return `step ${step} of ${num_steps}, ${duration(seconds ?? 0)}${rest}`;
}
