/** A problem document (RFC 9457), or the network's silence, as words for a reader. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly todo: string,
    readonly retryAfter: number | null,
  ) {
    super(detail || title);
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

interface Options {
  body?: unknown;
  keepalive?: boolean;
  headers?: Record<string, string>;
}

const OFFLINE = new Problem(0, "The site could not be reached.", "", "Your text stays here. It is sent when the connection is back.", null);

async function problemOf(response: Response): Promise<Problem> {
  const told = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (name: string): string => (typeof told[name] === "string" ? told[name] : "");
  const after = Number(response.headers.get("Retry-After"));
  return new Problem(
    response.status,
    text("title") || `The site answered ${response.status}.`,
    text("detail"),
    text("todo"),
    Number.isFinite(after) && after > 0 ? after : null,
  );
}

/** One call to the site's API: JSON both ways; anything but success is a `Problem`. */
export async function call<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, options: Options = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      keepalive: options.keepalive ?? false,
      headers: { Accept: "application/json", ...(method === "GET" ? {} : { "Content-Type": "application/json" }), ...options.headers },
      ...(method === "GET" ? {} : { body: JSON.stringify(options.body ?? {}) }),
    });
  } catch {
    throw OFFLINE;
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json().catch(() => undefined)) as T;
}

const part = encodeURIComponent;

/** The addresses of one course's API. */
export const paths = {
  state: (course: string, lesson: string): string => `/api/v1/courses/${part(course)}/lessons/${part(lesson)}/state`,
  cell: (course: string, lesson: string, cell: string): string => `/api/v1/courses/${part(course)}/lessons/${part(lesson)}/cells/${part(cell)}`,
  cells: (course: string, lesson: string): string => `/api/v1/courses/${part(course)}/lessons/${part(lesson)}/cells`,
  submissions: (course: string, exercise: string): string => `/api/v1/courses/${part(course)}/exercises/${part(exercise)}/submissions`,
  submission: (id: string): string => `/api/v1/submissions/${part(id)}`,
  hints: (course: string, exercise: string): string => `/api/v1/courses/${part(course)}/exercises/${part(exercise)}/hints`,
  quiz: (course: string, exercise: string): string => `/courses/${part(course)}/quizzes/${part(exercise)}`,
  solution: (course: string, exercise: string): string => `/api/v1/courses/${part(course)}/exercises/${part(exercise)}/solution`,
};
