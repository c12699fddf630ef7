// What the backend refuses arrives as {code, message, params}; here it becomes
// one kind of error, so that every view shows refusals in the same way.

/** AppError is a refusal or failure with a stable code. `message` is English and for the log only. */
export class AppError extends Error {
  readonly code: string;
  readonly params: Readonly<Record<string, string>>;

  constructor(code: string, message: string, params: Record<string, string> = {}) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.params = params;
  }
}

/** INTERNAL is the code of everything that carries none. */
export const INTERNAL = 'internal';

/** toAppError reads whatever was thrown: the bridge's object, its JSON (bare or in an Error), or a plain error. */
export function toAppError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  if (typeof cause === 'string') return fromText(cause);
  // The real window wraps what Go says in an Error, so its message is that JSON.
  if (cause instanceof Error) return fromText(cause.message);
  return fromObject(cause) ?? new AppError(INTERNAL, String(cause));
}

function fromText(text: string): AppError {
  try {
    return fromObject(JSON.parse(text)) ?? new AppError(INTERNAL, text);
  } catch {
    return new AppError(INTERNAL, text);
  }
}

function fromObject(value: unknown): AppError | undefined {
  if (typeof value !== 'object' || value === null || !('code' in value)) return undefined;
  const { code, message, params } = value as { code: unknown; message?: unknown; params?: unknown };
  const texts = typeof params === 'object' && params !== null ? (params as Record<string, string>) : {};
  return new AppError(String(code || INTERNAL), String(message ?? ''), texts);
}

/** call runs one bridge call. The thunk matters: a missing bridge throws before there is a promise. */
export async function call<T>(face: () => Promise<unknown>): Promise<T> {
  try {
    return (await face()) as T;
  } catch (cause) {
    throw toAppError(cause);
  }
}
