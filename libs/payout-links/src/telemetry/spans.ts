import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';

/** The name of the library's meter and tracer. */
export const SCOPE = 'nestjs-payout-links';

/** Where a span belongs. */
interface SpanOptions {
  kind: SpanKind;
  attributes?: Attributes;
  /** A trace parent stored by `traceParent`. @default the active span */
  parent?: string | null;
}

export { SpanKind };

/** Runs the work in a span, which carries its error's class and no message: messages may hold personal data. */
export function inSpan<T>(
  name: string,
  { kind, attributes, parent }: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const from = parent ? contextOf(parent) : context.active();
  return trace
    .getTracer(SCOPE)
    .startActiveSpan(`payout_links.${name}`, { kind, attributes }, from, async (span) => {
      try {
        return await work(span);
      } catch (error) {
        failSpan(error);
        throw error;
      } finally {
        span.end();
      }
    });
}

/** Marks the active span as failed, for work that handles its own error. */
export function failSpan(error: unknown): void {
  const span = trace.getActiveSpan();
  span?.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
  span?.setStatus({ code: SpanStatusCode.ERROR });
}

/**
 * The active span as a W3C `traceparent`, to be stored with work that another process may do; null without one. See
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function traceParent(): string | null {
  const span = trace.getSpanContext(context.active());
  if (!span || !isSpanContextValid(span)) return null;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

function contextOf(parent: string): Context {
  const [, traceId = '', spanId = '', traceFlags = '0'] = parent.split('-');
  const span = { traceId, spanId, traceFlags: Number.parseInt(traceFlags, 16), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, span);
}
