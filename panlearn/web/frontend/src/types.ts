/** What the server tells a lesson page; the same as `GET /api/v1/courses/<course>/lessons/<page>/state`. */
export interface LessonState {
  course: string;
  lesson: string;
  release: string;
  environment: string;
  kernel: { base: string; name: string; path: string };
  cells: CellState[];
  exercises: Record<string, ExerciseState>;
  progress: Progress;
}

export interface CellState {
  id: string;
  source: string;
  exercise: string | null;
  edited: string | null;
  saved_at: string | null;
}

export type Status = "todo" | "tried" | "failed" | "passed";

export interface ExerciseState {
  title: string;
  /** `code`, or the kind of quiz it is. */
  kind: string;
  points: number;
  max_points: number;
  status: Status;
  tries: number;
  hints: Hint[];
  hints_total: number;
  needs: Need[];
  solution_open: boolean;
  /** So many more tries open the solution; null where tries do not. */
  solution_in: number | null;
  last: Submission | null;
  /** The last time that its grade was changed after it was given. */
  regraded: { at: string; reason: string; before: number; after: number } | null;
  /** When the first answer was sent, and the seconds that three of four who passed stayed below. */
  began_at: string | null;
  hint_after: number | null;
  /** Of the points a person gives so many, by these criteria. */
  hand_points: number;
  rubric: { text: string; points: number }[];
  /** The grade that a person gave the last answer. */
  by_hand: { at: string; points: number; comment: string; rubric: Record<string, number> } | null;
}

export interface Hint {
  number: number;
  of?: number;
  html: string;
}

export interface Need {
  id: string;
  title: string;
  url: string;
  passed: boolean;
}

export type Arc = "pass" | "fail" | "tried" | "todo";

export interface Progress {
  passed: number;
  total: number;
  points: number;
  max_points: number;
  arcs: Arc[];
}

export interface Submission {
  id: string;
  course: string;
  exercise: string;
  state: "queued" | "grading" | "graded";
  created_at: string;
  graded_at: string | null;
  report: Report | null;
  position: number | null;
  /** About so long until the verdict. */
  seconds: number | null;
}

export type Verdict = "passed" | "handed-in" | "failed" | "error" | "timeout" | "memory" | "killed" | "author-error" | "platform-error";

export interface Report {
  verdict: Verdict;
  fault: "learner" | "author" | "platform" | null;
  points: number;
  max_points: number;
  checks: Check[];
  message?: string;
  output?: string;
  traceback?: string;
  seconds?: Record<string, number>;
}

/** A curve over the band that is accepted; labels carry their units. A value that is no number is null. */
export interface Curve {
  x: number[];
  yours: (number | null)[];
  low: number[];
  high: number[];
  residual: (number | null)[];
  x_label: string;
  y_label: string;
}

export interface Check {
  name: string;
  status: "passed" | "failed" | "error" | "skipped";
  message: string;
  hidden: boolean;
  points?: number;
  max_points?: number;
  got?: string;
  accepted?: string;
  off?: string;
  hint?: string;
  curve?: Curve | null;
}
